//! Everything that is tested through the public face of the crate: one binary, so that RocksDB is linked once.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod csv_again;
mod doors;
mod exchange;
mod killing;
mod nations;
mod rematch;
mod scenarios;
