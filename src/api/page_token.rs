//! Page tokens: where the next page begins, sealed with the store's key and bound to the caller and the question. A token
//! says nothing and opens nothing: the question is asked again in full. One that was tampered with is refused.

use crate::error::Error;
use sha2::{Digest, Sha256};

/// Where a page begins; what the numbers mean is the question's to say.
pub type Position = [u64; 3];

const MARK: usize = 16;
const PLACE: usize = 24;

/// What the question is, without its paging fields, as a secret of the store.
pub struct Question([u8; 32]);

impl Question {
    /// The question that the store's key made this seal of.
    pub fn new(seal: [u8; 32]) -> Question {
        Question(seal)
    }

    /// The token of the page that begins here.
    pub fn token(&self, position: Position) -> String {
        let mut place = [0; PLACE];
        for (bytes, number) in place.chunks_exact_mut(8).zip(position) {
            bytes.copy_from_slice(&number.to_be_bytes());
        }
        let mark = self.mark(&place);
        let hidden = self.hide(&mark, place);
        mark.iter()
            .chain(&hidden)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Where the page of this token begins; nothing for the first page, where the token is empty.
    pub fn position(&self, field: &str, token: &str) -> Result<Option<Position>, Error> {
        if token.is_empty() {
            return Ok(None);
        }
        let place = unhex(token).and_then(|(mark, hidden)| {
            let place = self.hide(&mark, hidden);
            (self.mark(&place) == mark).then_some(place)
        });
        let place = place.ok_or_else(|| {
            Error::invalid(
                field,
                "not a token of this question: send the one that the answer before gave, and change nothing else",
            )
        })?;
        let mut position = [0; 3];
        for (number, bytes) in position.iter_mut().zip(place.chunks_exact(8)) {
            *number = bytes
                .iter()
                .fold(0, |number, byte| (number << 8) | u64::from(*byte));
        }
        Ok(Some(position))
    }

    fn mark(&self, place: &[u8; PLACE]) -> [u8; MARK] {
        let hash = self.hash("mark", place);
        let mut mark = [0; MARK];
        mark.copy_from_slice(&hash[..MARK]);
        mark
    }

    /// Hides a place, or shows a hidden one.
    fn hide(&self, mark: &[u8; MARK], mut place: [u8; PLACE]) -> [u8; PLACE] {
        let hash = self.hash("hide", mark);
        for (byte, mask) in place.iter_mut().zip(hash) {
            *byte ^= mask;
        }
        place
    }

    fn hash(&self, use_: &str, bytes: &[u8]) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(use_.as_bytes());
        digest.update(bytes);
        digest.finalize().into()
    }
}

fn unhex(token: &str) -> Option<([u8; MARK], [u8; PLACE])> {
    if token.len() != 2 * (MARK + PLACE) || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; MARK + PLACE];
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(token.get(2 * position..2 * position + 2)?, 16).ok()?;
    }
    let (mark, place) = bytes.split_at(MARK);
    Some((mark.try_into().ok()?, place.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place() {
        let question = Question::new([7; 32]);
        for position in [[1, 0, 0], [0, u64::MAX, 4_000_000]] {
            let token = question.token(position);
            let back = question.position("t", &token);
            assert_eq!(back.ok().flatten(), Some(position));
        }
        assert!(matches!(question.position("t", ""), Ok(None)));
    }

    #[test]
    fn a_token_of_another_question_or_with_one_sign_changed_is_refused() {
        let question = Question::new([7; 32]);
        let token = question.token([100, 2, 3]);
        assert!(Question::new([8; 32]).position("t", &token).is_err());
        for place in 0..token.len() {
            let mut signs = token.clone().into_bytes();
            signs[place] = if signs[place] == b'0' { b'1' } else { b'0' };
            let tampered = String::from_utf8(signs).expect("plain signs");
            assert!(question.position("t", &tampered).is_err(), "{place}");
        }
        for bad in ["x", "é", &"é".repeat(40), &"0".repeat(80), "zz"] {
            assert!(question.position("t", bad).is_err(), "{bad}");
        }
    }
}
