//! Something that was worked out from the records and is worth keeping in memory while the store is open.

use super::open::Store;
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// One thing at a time, under a key that says of which state of the store it is.
#[derive(Default)]
pub struct KeptBeside(Mutex<Option<(u64, Arc<dyn Any + Send + Sync>)>>);

impl Store {
    /// What is kept under a key; made, and kept in place of what was, if there is nothing. Whoever asks meanwhile waits.
    pub fn kept<T: Send + Sync + 'static, E>(
        &self,
        key: u64,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let mut kept = (self.shared.kept.0)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = kept.as_ref().filter(|(known, _)| *known == key);
        let known = known.and_then(|(_, held)| Arc::clone(held).downcast::<T>().ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let made = Arc::new(make()?);
        *kept = Some((key, Arc::clone(&made) as Arc<dyn Any + Send + Sync>));
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[test]
    fn a_thing_is_made_once_for_a_key() {
        let store = Store::in_memory(&StoreOptions::default()).unwrap();
        let kept = |key: u64, value: u32| *store.kept(key, || Ok::<_, ()>(value)).unwrap();
        assert_eq!((kept(1, 10), kept(1, 11), kept(2, 12)), (10, 10, 12));
        assert_eq!(kept(1, 13), 13);
        assert_eq!(store.kept(3, || Err::<u32, _>("no")), Err("no"));
        assert_eq!(*store.kept(1, || Ok::<_, ()>("text")).unwrap(), "text");
    }
}
