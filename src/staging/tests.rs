use super::*;
use sha2::{Digest, Sha256};

fn staging(folder: &Path) -> Staging {
    Staging::new(folder.to_owned(), 1_000, Duration::from_secs(60))
}

fn announced(bytes: &[u8]) -> NamedFile {
    NamedFile {
        name: "people.csv".to_owned(),
        size: bytes.len() as u64,
        sha256: Sha256::digest(bytes).into(),
    }
}

#[test]
fn an_upload_goes_on_where_it_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let staging = staging(folder.path());
    let file = announced(b"0123456789");
    let upload = staging.receive("a", b"ten bytes", 10).unwrap();
    upload.add(&file, 0, b"01234").unwrap();
    assert!(!upload.is_whole(&file, "f").unwrap());
    assert!(upload.add(&file, 6, b"6").is_err(), "a gap");
    let again = staging.receive("a", b"ten bytes", 10).unwrap();
    assert_eq!(again.received("people.csv").unwrap(), 5);
    // Bytes that were sent before may come again.
    again.add(&file, 3, b"3456789").unwrap();
    assert!(again.add(&file, 10, b"x").is_err(), "longer than announced");
    assert!(again.is_whole(&file, "f").unwrap());
    again.finish(b"report").unwrap();
    let done = staging.incoming("a").unwrap().unwrap();
    assert_eq!(done.report().unwrap().as_deref(), Some(&b"report"[..]));
    assert!(!done.content().exists());
}

#[test]
fn other_bytes_than_announced_are_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let staging = staging(folder.path());
    let file = announced(b"abc");
    let upload = staging.receive("a", b"", 3).unwrap();
    upload.add(&file, 0, b"abd").unwrap();
    assert!(upload.is_whole(&file, "f").is_err());
    assert_eq!(upload.received("people.csv").unwrap(), 0);
    assert!(matches!(
        staging.receive("a", b"other", 3),
        Err(Error::RequestIdReused)
    ));
}

#[test]
fn room_and_time_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let staging = staging(folder.path());
    let file = announced(&[7; 600]);
    let upload = staging.receive("a", b"", 600).unwrap();
    upload.add(&file, 0, &[7; 600]).unwrap();
    assert!(staging.receive("b", b"", 600).is_err());
    assert!(staging.check_size("files", 1_001).is_err());
    staging.sweep(SystemTime::now()).unwrap();
    assert!(staging.incoming("a").unwrap().is_some());
    let later = SystemTime::now() + Duration::from_secs(61);
    staging.sweep(later).unwrap();
    assert!(staging.incoming("a").unwrap().is_none());
    assert!(staging.receive("b", b"", 600).is_ok());
}

#[test]
fn an_export_is_read_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let staging = staging(folder.path());
    let export = staging.give(7).unwrap();
    make_folder(&export.content()).unwrap();
    fs::write(export.content().join("a.txt"), "0123456789").unwrap();
    assert!(export.summary().unwrap().is_none());
    export.finish(b"ten").unwrap();
    let again = staging.outgoing(7);
    assert_eq!(again.summary().unwrap().as_deref(), Some(&b"ten"[..]));
    assert_eq!(again.files().unwrap()[0].size, 10);
    assert_eq!(again.read("a.txt", 4, 3).unwrap(), b"456");
    assert_eq!(again.read("a.txt", 10, 3).unwrap(), b"");
    again.discard().unwrap();
    assert!(export.summary().unwrap().is_none());
}
