//! Compiles `proto/` into Rust (messages, gRPC, proto3 JSON) and a descriptor set, without needing `protoc`.

use prost_build::Config;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("proto/kinpath/v1");
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = proto_files(folder)?;
    let descriptors = protox::compile(&files, ["proto"])?;
    let encoded = prost::Message::encode_to_vec(&descriptors);

    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("kinpath.descriptors.bin"), &encoded)?;
    let mut config = Config::new();
    config.enable_type_names();
    // These have a proto3 JSON form; those of `prost-types` have none.
    config.compile_well_known_types();
    config.extern_path(".google.protobuf", "::pbjson_types");
    tonic_prost_build::configure()
        .compile_well_known_types(true)
        .compile_fds_with_config(descriptors, config)?;
    pbjson_build::Builder::new()
        .register_descriptors(&encoded)?
        .build(&[".kinpath.v1"])?;
    Ok(())
}

/// Every `.proto` file in the folder, in the order of their names.
fn proto_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
