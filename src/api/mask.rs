//! Field masks: which fields of an answer are filled in, and which fields of a record an update changes. Paths are those
//! of the protos; one that does not exist is refused.

use super::generated::DESCRIPTORS;
use crate::error::Error;
use pbjson_types::FieldMask;
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value,
};
use std::sync::OnceLock;

/// The message with only the fields of the mask; whole where no mask is given.
pub fn only<M: Name + Default>(message: M, mask: Option<&FieldMask>) -> Result<M, Error> {
    check_read::<M>(mask)?;
    let Some(mask) = mask.filter(|mask| !mask.paths.is_empty() && mask.paths != ["*"]) else {
        return Ok(message);
    };
    let mut dynamic = dynamic(&message)?;
    let paths: Vec<Vec<&str>> = mask
        .paths
        .iter()
        .map(|path| path.split('.').collect())
        .collect();
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    prune(&mut dynamic, &paths);
    read_back(&dynamic)
}

/// Refuses a read mask with a path that does not exist, also where there is nothing to show.
pub fn check_read<M: Name>(mask: Option<&FieldMask>) -> Result<(), Error> {
    let Some(mask) = mask.filter(|mask| mask.paths != ["*"]) else {
        return Ok(());
    };
    let descriptor = descriptor::<M>()?;
    for path in &mask.paths {
        let path: Vec<&str> = path.split('.').collect();
        check("read_mask", &descriptor, &path, true)?;
    }
    Ok(())
}

/// The present message with the fields of the mask taken from the given one. `*` is every field. The fields in `fixed`
/// cannot be changed: `*` leaves them out, and naming one is refused.
pub fn overlay<M: Name + Default>(
    present: &M,
    given: &M,
    mask: Option<&FieldMask>,
    fixed: &[&str],
) -> Result<M, Error> {
    let mut target = dynamic(present)?;
    let given = dynamic(given)?;
    let mask = mask.filter(|mask| !mask.paths.is_empty()).ok_or_else(|| {
        Error::invalid(
            "update_mask",
            "needed: the fields to change, or `*` for all",
        )
    })?;
    for path in &mask.paths {
        if path == "*" {
            let fields: Vec<FieldDescriptor> = target.descriptor().fields().collect();
            for field in fields {
                if !fixed.contains(&field.name()) {
                    take(&mut target, &given, &[field.name()]);
                }
            }
            continue;
        }
        let parts: Vec<&str> = path.split('.').collect();
        check("update_mask", &target.descriptor(), &parts, false)?;
        if parts.first().is_some_and(|first| fixed.contains(first)) {
            return Err(Error::invalid(
                "update_mask",
                format!("`{}` cannot be changed", parts.join(".")),
            ));
        }
        take(&mut target, &given, &parts);
    }
    read_back(&target)
}

/// Refuses a path that does not lead to a field.
fn check(
    field: &str,
    message: &MessageDescriptor,
    path: &[&str],
    through_lists: bool,
) -> Result<(), Error> {
    let unknown = || {
        let shown: String = path.join(".").chars().take(60).collect();
        Error::invalid(
            field,
            format!("`{shown}` is not a field of {}", message.name()),
        )
    };
    let mut message = message.clone();
    for (position, name) in path.iter().enumerate() {
        let found = message.get_field_by_name(name).ok_or_else(unknown)?;
        if position + 1 == path.len() {
            return Ok(());
        }
        match found.kind() {
            Kind::Message(inner) if through_lists || !found.is_list() => message = inner,
            _ => return Err(unknown()),
        }
    }
    Err(unknown())
}

/// Takes the field at a path over from the given message; absent there, it is cleared.
fn take(target: &mut DynamicMessage, given: &DynamicMessage, path: &[&str]) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let Some(field) = target.descriptor().get_field_by_name(name) else {
        return;
    };
    if rest.is_empty() {
        if given.has_field(&field) {
            target.set_field(&field, given.get_field(&field).into_owned());
        } else {
            target.clear_field(&field);
        }
        return;
    }
    let inner = given.get_field(&field).into_owned();
    if let (Value::Message(inside), Value::Message(inner)) = (target.get_field_mut(&field), &inner)
    {
        take(inside, inner, rest);
    }
}

/// Clears every field that no path leads to.
fn prune(message: &mut DynamicMessage, paths: &[&[&str]]) {
    let fields: Vec<FieldDescriptor> = message.descriptor().fields().collect();
    for field in fields {
        if !message.has_field(&field) {
            continue;
        }
        let inner: Vec<&[&str]> = paths
            .iter()
            .filter_map(|path| path.split_first())
            .filter(|(name, _)| **name == field.name())
            .map(|(_, rest)| rest)
            .collect();
        if inner.is_empty() {
            message.clear_field(&field);
        } else if !inner.iter().any(|rest| rest.is_empty()) {
            prune_value(message.get_field_mut(&field), &inner);
        }
    }
}

fn prune_value(value: &mut Value, paths: &[&[&str]]) {
    match value {
        Value::Message(message) => prune(message, paths),
        Value::List(values) => {
            for value in values {
                prune_value(value, paths);
            }
        }
        _ => {}
    }
}

/// The descriptors of everything in `proto/`.
fn pool() -> Result<&'static DescriptorPool, Error> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).ok())
        .as_ref()
        .ok_or_else(|| internal("the descriptors cannot be read"))
}

fn descriptor<M: Name>() -> Result<MessageDescriptor, Error> {
    pool()?
        .get_message_by_name(&M::full_name())
        .ok_or_else(|| internal("a message has no descriptor"))
}

fn dynamic<M: Name>(message: &M) -> Result<DynamicMessage, Error> {
    DynamicMessage::decode(descriptor::<M>()?, message.encode_to_vec().as_slice())
        .map_err(|why| internal(&why.to_string()))
}

fn read_back<M: Message + Default>(dynamic: &DynamicMessage) -> Result<M, Error> {
    M::decode(dynamic.encode_to_vec().as_slice()).map_err(|why| internal(&why.to_string()))
}

fn internal(detail: &str) -> Error {
    Error::Internal {
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::v1;

    fn mask(paths: &[&str]) -> Option<FieldMask> {
        Some(FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        })
    }

    fn case(region: &str, worker: &str) -> v1::Case {
        v1::Case {
            name: "cases/A".to_owned(),
            region: region.to_owned(),
            worker: worker.to_owned(),
            ..v1::Case::default()
        }
    }

    #[test]
    fn an_answer_has_only_the_fields_asked_for() {
        let read = only(case("north", "W"), mask(&["region"]).as_ref()).expect("a field");
        assert_eq!((read.region.as_str(), read.worker.as_str()), ("north", ""));
        let whole = only(case("north", "W"), None).expect("all");
        assert_eq!(whole.worker, "W");
        assert!(only(case("", ""), mask(&["nothing"]).as_ref()).is_err());
        assert!(only(case("", ""), mask(&["region.inside"]).as_ref()).is_err());
        assert!(only(case("", ""), mask(&[""]).as_ref()).is_err());
    }

    #[test]
    fn fields_inside_lists_can_be_asked_for() {
        let mut whole = case("north", "W");
        whole.needs.push(v1::Need {
            category: "medical".to_owned(),
            level: 2,
        });
        let read = only(whole, mask(&["needs.level"]).as_ref()).expect("a field");
        assert_eq!(read.needs[0].level, 2);
        assert_eq!(read.needs[0].category, "");
    }

    #[test]
    fn an_update_changes_what_the_mask_names_and_nothing_else() {
        let present = case("north", "W");
        let given = case("south", "");
        let one = overlay(&present, &given, mask(&["region"]).as_ref(), &["name"]);
        let one = one.expect("a field");
        assert_eq!((one.region.as_str(), one.worker.as_str()), ("south", "W"));
        let all = overlay(&present, &given, mask(&["*"]).as_ref(), &["name"]).expect("all");
        assert_eq!((all.name.as_str(), all.worker.as_str()), ("cases/A", ""));
        for bad in ["name", "nothing", "needs.level", ""] {
            assert!(overlay(&present, &given, mask(&[bad]).as_ref(), &["name"]).is_err());
        }
        assert!(overlay(&present, &given, None, &["name"]).is_err());
    }
}
