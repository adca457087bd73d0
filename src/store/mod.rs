//! Typed reads and writes over a byte-level backend.

/// An open store.
pub struct Store;
