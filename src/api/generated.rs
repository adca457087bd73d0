//! What `build.rs` makes of `proto/`. The documentation of every element stands in the `.proto` files.

/// The messages and services of `kinpath.v1`.
#[allow(clippy::all, clippy::pedantic, missing_docs, rustdoc::all)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/kinpath.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/kinpath.v1.serde.rs"));
}

/// The descriptors of everything in `proto/`, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kinpath.descriptors.bin"));
