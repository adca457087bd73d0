//! Goes through a message field by field, as if it were written as JSON, without writing anything.

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use std::fmt;

/// Is told what stands in a message.
pub trait Visit {
    /// A message begins; its full name.
    fn enter(&mut self, _message: &'static str) {}
    /// It ends.
    fn leave(&mut self) {}
    /// What comes next is in this field, by its JSON name.
    fn field(&mut self, _name: &'static str) {}
    /// Of that field, no more comes.
    fn field_ends(&mut self) {}
    /// A text; an enumeration by its name.
    fn text(&mut self, _text: &str) {}
    /// A number or a truth value.
    fn scalar(&mut self, _value: &dyn fmt::Display) {}
}

/// Goes through a message.
pub fn walk(message: &impl Serialize, visit: &mut dyn Visit) -> Result<(), WalkError> {
    message.serialize(Walk(visit))
}

/// A message that cannot be gone through: a number that its enumeration does not have.
#[derive(Debug, thiserror::Error)]
#[error("a message cannot be gone through: {0}")]
pub struct WalkError(String);

impl ser::Error for WalkError {
    fn custom<T: fmt::Display>(why: T) -> WalkError {
        WalkError(why.to_string())
    }
}

struct Walk<'v>(&'v mut dyn Visit);

/// The parts of a list, map or message.
struct Parts<'v> {
    visit: &'v mut dyn Visit,
    is_message: bool,
}

type Done = Result<(), WalkError>;

impl<'v> Walk<'v> {
    fn scalar(self, value: &dyn fmt::Display) -> Done {
        self.0.scalar(value);
        Ok(())
    }

    fn parts(self) -> Parts<'v> {
        Parts {
            visit: self.0,
            is_message: false,
        }
    }
}

impl<'v> Serializer for Walk<'v> {
    type Ok = ();
    type Error = WalkError;
    type SerializeSeq = Parts<'v>;
    type SerializeTuple = Impossible<(), WalkError>;
    type SerializeTupleStruct = Impossible<(), WalkError>;
    type SerializeTupleVariant = Impossible<(), WalkError>;
    type SerializeMap = Parts<'v>;
    type SerializeStruct = Parts<'v>;
    type SerializeStructVariant = Impossible<(), WalkError>;

    fn serialize_bool(self, value: bool) -> Done {
        self.scalar(&value)
    }
    fn serialize_i8(self, value: i8) -> Done {
        self.scalar(&value)
    }
    fn serialize_i16(self, value: i16) -> Done {
        self.scalar(&value)
    }
    fn serialize_i32(self, value: i32) -> Done {
        self.scalar(&value)
    }
    fn serialize_i64(self, value: i64) -> Done {
        self.scalar(&value)
    }
    fn serialize_u8(self, value: u8) -> Done {
        self.scalar(&value)
    }
    fn serialize_u16(self, value: u16) -> Done {
        self.scalar(&value)
    }
    fn serialize_u32(self, value: u32) -> Done {
        self.scalar(&value)
    }
    fn serialize_u64(self, value: u64) -> Done {
        self.scalar(&value)
    }
    fn serialize_f32(self, value: f32) -> Done {
        self.scalar(&value)
    }
    fn serialize_f64(self, value: f64) -> Done {
        self.scalar(&value)
    }
    fn serialize_char(self, value: char) -> Done {
        self.scalar(&value)
    }
    fn serialize_str(self, text: &str) -> Done {
        self.0.text(text);
        Ok(())
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.scalar(&bytes.len())
    }
    fn serialize_none(self) -> Done {
        Ok(())
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'v>, WalkError> {
        Ok(self.parts())
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, WalkError> {
        Err(ser::Error::custom("tuples are not in messages"))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, WalkError> {
        Err(ser::Error::custom("tuples are not in messages"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, WalkError> {
        Err(ser::Error::custom("tuples are not in messages"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'v>, WalkError> {
        Ok(self.parts())
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Parts<'v>, WalkError> {
        self.0.enter(name);
        Ok(Parts {
            visit: self.0,
            is_message: true,
        })
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, WalkError> {
        Err(ser::Error::custom("variants are not in messages"))
    }
}

impl Parts<'_> {
    fn part<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        value.serialize(Walk(&mut *self.visit))
    }

    fn ended(self) -> Done {
        if self.is_message {
            self.visit.leave();
        }
        Ok(())
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = WalkError;
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        self.part(value)
    }
    fn end(self) -> Done {
        self.ended()
    }
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = WalkError;
    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Done {
        self.part(key)
    }
    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        self.part(value)
    }
    fn end(self) -> Done {
        self.ended()
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = WalkError;
    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Done {
        self.visit.field(name);
        self.part(value)?;
        self.visit.field_ends();
        Ok(())
    }
    fn end(self) -> Done {
        self.ended()
    }
}
