//! GEDZIP: a zip archive with `gedcom.ged` and the files that it names. Only the text is read.

use std::io::{Cursor, Read};

/// What a zip archive begins with.
pub const SIGNATURE: &[u8] = b"PK\x03\x04";
/// More text is refused, in bytes: a small archive can unpack to anything.
const LONGEST_TEXT: u64 = 1 << 30;
/// More text for each packed byte is refused; text packs 5 to 20 times.
const DENSEST: u64 = 200;

/// The text of an archive; the reason if there is none that can be taken.
pub fn gedcom_of(archive: &[u8]) -> Result<Vec<u8>, String> {
    let mut files = zip::ZipArchive::new(Cursor::new(archive))
        .map_err(|why| format!("it is not a zip archive that can be read ({why})"))?;
    let file = files
        .by_name("gedcom.ged")
        .map_err(|why| format!("gedcom.ged in the archive cannot be read ({why})"))?;
    let most = LONGEST_TEXT.min((archive.len() as u64).saturating_mul(DENSEST));
    let mut text = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut text)
        .map_err(|why| format!("gedcom.ged in the archive is damaged ({why})"))?;
    if text.len() as u64 > most {
        return Err(format!(
            "gedcom.ged unpacks to more than {most} bytes, which is too much for the archive's size"
        ));
    }
    Ok(text)
}
