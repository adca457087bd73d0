//! Everything that is tested through the public face of the crate: one binary, so that RocksDB is linked once.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod csv_again;
mod doors;
mod exchange;
#[cfg(target_os = "linux")]
mod import_memory;
mod killing;
mod nations;
mod scenarios;
