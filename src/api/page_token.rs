//! Page tokens: where the next page begins, bound to the question it belongs to. A token says nothing and opens
//! nothing: the question is asked again in full.

use crate::error::Error;
use sha2::{Digest, Sha256};

/// What the question is, without its paging fields, so that a token of another question is refused.
pub struct Question(u64);

impl Question {
    /// The question made of these parts, in their order.
    pub fn new(parts: &[&str]) -> Question {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let digest = digest.finalize();
        let mut first = [0u8; 8];
        first.copy_from_slice(&digest[..8]);
        Question(u64::from_be_bytes(first))
    }

    /// The token of the page that begins at this position.
    pub fn token(&self, position: usize) -> String {
        let position = position as u64;
        format!("{:016x}{:016x}", self.0, position ^ self.0.rotate_left(17))
    }

    /// Where the page of this token begins; the first page where the token is empty.
    pub fn position(&self, field: &str, token: &str) -> Result<usize, Error> {
        if token.is_empty() {
            return Ok(0);
        }
        let refused = || {
            Error::invalid(
                field,
                "not a token of this question: send the one that the answer before gave, and change nothing else",
            )
        };
        let (question, position) = token.split_at_checked(16).ok_or_else(refused)?;
        let question = u64::from_str_radix(question, 16).map_err(|_| refused())?;
        let position = u64::from_str_radix(position, 16).map_err(|_| refused())?;
        if question != self.0 {
            return Err(refused());
        }
        let position = position ^ self.0.rotate_left(17);
        u32::try_from(position)
            .map(|position| position as usize)
            .map_err(|_| refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place() {
        let question = Question::new(&["relatives", "people/A", "4"]);
        for position in [1, 100, 4_000_000] {
            let token = question.token(position);
            assert_eq!(question.position("t", &token).ok(), Some(position));
        }
        assert_eq!(question.position("t", "").ok(), Some(0));
    }

    #[test]
    fn a_token_of_another_question_is_refused() {
        let token = Question::new(&["relatives", "people/A", "4"]).token(100);
        let other = Question::new(&["relatives", "people/A", "5"]);
        assert!(other.position("t", &token).is_err());
        let joined = Question::new(&["relatives", "people/A4", ""]);
        assert!(joined.position("t", &token).is_err());
        for bad in ["x", "é", &"é".repeat(20), &"0".repeat(64), "zz"] {
            assert!(other.position("t", bad).is_err(), "{bad}");
        }
    }
}
