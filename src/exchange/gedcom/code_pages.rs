//! Code pages of one byte a character: Windows 1252, IBM 437 and ANSEL (ANSI/NISO Z39.47-1993 with the additions of
//! the GEDCOM standard). Bytes without a character become U+FFFD.

/// The upper half of Windows 1252, from 0x80 on.
const CP1252: &str = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ\
    \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
    ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
    àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
/// The upper half of IBM code page 437, from 0x80 on.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The characters of ANSEL from 0xA1 to 0xCF; diacritics follow from 0xE0 on.
const ANSEL_LETTERS: [char; 47] = [
    'Ł', 'Ø', 'Đ', 'Þ', 'Æ', 'Œ', 'ʹ', '·', '♭', '®', '±', 'Ơ', 'Ư', 'ʼ', NONE, 'ʻ', 'ł', 'ø', 'đ',
    'þ', 'æ', 'œ', 'ʺ', 'ı', '£', 'ð', NONE, 'ơ', 'ư', '□', '■', '°', 'ℓ', '℗', '©', '♯', '¿', '¡',
    NONE, NONE, NONE, NONE, NONE, NONE, 'e', 'o', 'ß',
];
/// The diacritics of ANSEL from 0xE0 on. They stand before their letter; in Unicode they stand after it.
const ANSEL_DIACRITICS: [char; 32] = [
    '\u{309}', '\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{304}', '\u{306}', '\u{307}',
    '\u{308}', '\u{30c}', '\u{30a}', '\u{fe20}', '\u{fe21}', '\u{315}', '\u{30b}', '\u{310}',
    '\u{327}', '\u{328}', '\u{323}', '\u{324}', '\u{325}', '\u{333}', '\u{332}', '\u{326}',
    '\u{31c}', '\u{32e}', '\u{fe22}', '\u{fe23}', NONE, NONE, '\u{313}', NONE,
];
const NONE: char = '\u{fffd}';

pub fn decode_cp1252(bytes: &[u8]) -> String {
    decode_upper_half(bytes, CP1252)
}

pub fn decode_cp437(bytes: &[u8]) -> String {
    decode_upper_half(bytes, CP437)
}

fn decode_upper_half(bytes: &[u8], upper_half: &str) -> String {
    let upper: Vec<char> = upper_half.chars().collect();
    let character = |byte: u8| match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(position) => upper.get(usize::from(position)).copied().unwrap_or(NONE),
    };
    bytes.iter().map(|byte| character(*byte)).collect()
}

/// Diacritics are moved behind their letter and joined with it where Unicode has the joined form.
pub fn decode_ansel(bytes: &[u8]) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut text = String::with_capacity(bytes.len());
    let mut waiting: Vec<char> = Vec::new();
    for &byte in bytes {
        let character = match byte {
            0x00..=0x7f => char::from(byte),
            0xe0..=0xff => {
                waiting.push(ANSEL_DIACRITICS[usize::from(byte - 0xe0)]);
                continue;
            }
            0xa1..=0xcf => ANSEL_LETTERS[usize::from(byte - 0xa1)],
            _ => NONE,
        };
        let is_letter = !character.is_control();
        if is_letter {
            text.push(character);
        }
        text.extend(waiting.drain(..));
        if !is_letter {
            text.push(character);
        }
    }
    text.extend(waiting);
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_have_every_upper_byte() {
        assert_eq!(CP1252.chars().count(), 128);
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(decode_cp1252(b"M\xfcller \x80"), "Müller €");
        assert_eq!(decode_cp437(b"M\x81ller \x82"), "Müller é");
    }

    #[test]
    fn ansel_diacritics_move_behind_their_letter() {
        assert_eq!(
            decode_ansel(b"M\xe8uller \xa1\xe2odz \xcf"),
            "Müller Łódz ß"
        );
        assert_eq!(decode_ansel(b"\xe2\n\xe2"), "\u{301}\n\u{301}");
    }
}
