//! Everything that is tested through the public face of the crate: one binary, so that RocksDB is linked once.

mod doors;
