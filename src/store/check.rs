//! Trying a transaction without committing it.

use super::commit::read_state;
use super::error::StoreError;
use super::open::Store;
use super::stage::Staging;
use super::transaction::Transaction;

impl Store {
    /// Fails as [`Store::commit`] would at this moment; changes nothing.
    pub fn check(&self, transaction: &Transaction) -> Result<(), StoreError> {
        let view = self.shared.backend.snapshot();
        let mut staging = Staging::new(&self.shared, &*view, read_state(&self.shared)?);
        staging.stage(transaction).map(|_| ())
    }
}
