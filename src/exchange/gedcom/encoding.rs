//! Bytes to text. A byte order mark decides; else the head's CHAR, unless the bytes say otherwise.

use std::borrow::Cow;

use super::code_pages::{decode_ansel, decode_cp437, decode_cp1252};

/// How far into the file the head's CHAR is looked for.
const HEAD_BYTES: usize = 8 * 1024;

/// A file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The name of the encoding that was used.
    pub encoding: &'static str,
    /// Line and reason, where the declared encoding was not the one used.
    pub doubt: Option<(u64, String)>,
}

/// Reads the bytes in the encoding that they are in.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return decode_utf8(rest, "UTF-8");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return decode_utf16(rest, u16::from_le_bytes, "UTF-16 LE");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return decode_utf16(rest, u16::from_be_bytes, "UTF-16 BE");
    }
    if bytes.starts_with(b"0\0 \0") {
        return decode_utf16(bytes, u16::from_le_bytes, "UTF-16 LE");
    }
    if bytes.starts_with(b"\0\x30\0 ") {
        return decode_utf16(bytes, u16::from_be_bytes, "UTF-16 BE");
    }
    let declared = declared_encoding(bytes);
    match declared.as_str() {
        "ANSEL" => decode_declared(bytes, &declared, decode_ansel, "ANSEL"),
        "IBMPC" | "IBM-PC" | "IBM" | "CP437" | "MSDOS" | "MS-DOS" | "OEM" => {
            decode_declared(bytes, &declared, decode_cp437, "CP437")
        }
        "ANSI" | "WINDOWS" | "CP1252" | "WINDOWS-1252" | "IBM WINDOWS" | "ISO-8859-1"
        | "ISO8859-1" | "LATIN1" => decode_declared(bytes, &declared, decode_cp1252, "CP1252"),
        _ => decode_utf8(bytes, &declared),
    }
}

/// The value of `1 CHAR` in capitals; empty if there is none.
fn declared_encoding(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    for line in head.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.trim_ascii();
        if let Some(value) = line.strip_prefix(b"1 CHAR ") {
            return String::from_utf8_lossy(value.trim_ascii()).to_uppercase();
        }
    }
    String::new()
}

/// Files of one byte a character are often UTF-8 in truth: that many bytes are hardly valid UTF-8 by chance.
fn decode_declared<'b>(
    bytes: &'b [u8],
    declared: &str,
    decode: fn(&[u8]) -> String,
    name: &'static str,
) -> Decoded<'b> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => Decoded {
            text: text.into(),
            encoding: "UTF-8",
            doubt: Some((
                0,
                format!("the head says {declared}, but the text is UTF-8 and is read as that"),
            )),
        },
        _ => Decoded {
            text: decode(bytes).into(),
            encoding: name,
            doubt: None,
        },
    }
}

fn decode_utf8<'b>(bytes: &'b [u8], declared: &str) -> Decoded<'b> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: text.into(),
            encoding: "UTF-8",
            doubt: None,
        },
        Err(error) => {
            let line = line_of(bytes, error.valid_up_to());
            let declared = if declared.is_empty() {
                "nothing"
            } else {
                declared
            };
            let reason = format!(
                "the head says {declared}, but this line is not UTF-8: the file is read as CP1252"
            );
            Decoded {
                text: decode_cp1252(bytes).into(),
                encoding: "CP1252",
                doubt: Some((line, reason)),
            }
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, name: &'static str) -> Decoded<'static> {
    let pairs = bytes.chunks_exact(2);
    let is_cut = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    let mut is_damaged = is_cut;
    let text = char::decode_utf16(units)
        .map(|character| {
            character.unwrap_or_else(|_| {
                is_damaged = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect::<String>();
    Decoded {
        text: text.into(),
        encoding: name,
        doubt: is_damaged.then(|| {
            (
                0,
                format!("the text is not whole {name}: what cannot be read is shown as \u{fffd}"),
            )
        }),
    }
}

/// The line (from 1) in which a byte stands.
fn line_of(bytes: &[u8], position: usize) -> u64 {
    let before = &bytes[..position.min(bytes.len())];
    let mut line = 1;
    for (index, byte) in before.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && before.get(index + 1) != Some(&b'\n')) {
            line += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_recognised() {
        let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| {
            text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()
        };
        let text = "0 HEAD\n1 CHAR UNICODE\n0 @I1@ INDI\n1 NAME Zoé";
        let mut little = utf16(text, u16::to_le_bytes);
        assert_eq!(decode(&little).text, text);
        little.splice(0..0, [0xff, 0xfe]);
        assert_eq!(decode(&little).encoding, "UTF-16 LE");
        assert_eq!(decode(&little).text, text);
        let big = utf16(text, u16::to_be_bytes);
        assert_eq!(
            (&*decode(&big).text, decode(&big).encoding),
            (text, "UTF-16 BE")
        );
        assert_eq!(decode(b"\xef\xbb\xbf0 HEAD").text, "0 HEAD");
        assert_eq!(
            decode(b"0 HEAD\n1 CHAR ANSEL\n1 NOTE \xe2e").text,
            "0 HEAD\n1 CHAR ANSEL\n1 NOTE é"
        );
        assert_eq!(
            decode(b"0 HEAD\r1 CHAR IBMPC\r1 NOTE \x82").text,
            "0 HEAD\r1 CHAR IBMPC\r1 NOTE é"
        );
        assert_eq!(
            decode(b"0 HEAD\n1 CHAR ANSI\n1 NOTE \xe9").text,
            "0 HEAD\n1 CHAR ANSI\n1 NOTE é"
        );
    }

    #[test]
    fn a_wrong_declaration_is_told_with_its_line() {
        let decoded = decode(b"0 HEAD\r\n1 CHAR UTF-8\r\n1 NOTE \xe9");
        assert_eq!(decoded.encoding, "CP1252");
        assert_eq!(decoded.doubt.map(|(line, _)| line), Some(3));
        let decoded = decode("0 HEAD\n1 CHAR ANSEL\n1 NOTE é".as_bytes());
        assert_eq!((decoded.encoding, decoded.doubt.is_some()), ("UTF-8", true));
    }
}
