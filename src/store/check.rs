//! Trying a transaction without committing it.

use super::commit::read_state;
use super::error::StoreError;
use super::open::Store;
use super::overlay::Overlay;
use super::stage::Staging;
use super::transaction::Transaction;
use std::collections::BTreeSet;

impl Store {
    /// Fails as [`Store::commit`] would at this moment; changes nothing.
    pub fn check(&self, transaction: &Transaction) -> Result<(), StoreError> {
        let view = self.shared.backend.snapshot();
        let mut staging = Staging {
            overlay: Overlay::new(&*view),
            state: read_state(&self.shared)?,
            public_ids: &self.shared.public_ids,
            now: (self.shared.clock)(),
            changed: BTreeSet::new(),
        };
        staging.stage(transaction).map(|_| ())
    }
}
