//! Signed heads of the record, as lines of text that are kept outside the store: whoever holds one can prove how long
//! the record was at that time, and what stood in it.

use crate::model::audit::AuditHead;
use crate::store::error::StoreError;
use crate::store::key_file::{KeyId, hex, unhex};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;
use std::path::Path;

const FIRST_WORD: &str = "kinpath-head-1";

/// A head, who signed it, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    pub head: AuditHead,
    pub key: KeyId,
    pub public_key: [u8; 32],
    pub signature: [u8; 64],
}

impl SignedHead {
    pub(super) fn sign(head: AuditHead, key: KeyId, signing: &Ed25519KeyPair) -> SignedHead {
        let mut signed = SignedHead {
            head,
            key,
            public_key: [0; 32],
            signature: [0; 64],
        };
        signed
            .public_key
            .copy_from_slice(signing.public_key().as_ref());
        let signature = signing.sign(signed.content().as_bytes());
        signed.signature.copy_from_slice(signature.as_ref());
        signed
    }

    /// Whether the signature is of this head by this key.
    pub fn holds(&self) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.public_key);
        key.verify(self.content().as_bytes(), &self.signature)
            .is_ok()
    }

    fn content(&self) -> String {
        let AuditHead {
            epoch,
            sequence,
            at,
            hash,
        } = &self.head;
        let (hash, public_key) = (hex(hash), hex(&self.public_key));
        let key = self.key;
        format!("{FIRST_WORD} {epoch} {sequence} {at} {hash} {key} {public_key}")
    }

    fn parse(line: &str) -> Option<SignedHead> {
        let mut words = line.split_whitespace();
        if words.next()? != FIRST_WORD {
            return None;
        }
        let head = AuditHead {
            epoch: words.next()?.parse().ok()?,
            sequence: words.next()?.parse().ok()?,
            at: words.next()?.parse().ok()?,
            hash: unhex(words.next()?)?,
        };
        let signed = SignedHead {
            head,
            key: words.next()?.parse().ok()?,
            public_key: unhex(words.next()?)?,
            signature: unhex(words.next()?)?,
        };
        words.next().is_none().then_some(signed)
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.content(), hex(&self.signature))
    }
}

/// The heads in a file, in its order. A last line that was cut off while it was written counts for nothing.
pub fn read_heads(path: &Path) -> Result<Vec<SignedHead>, StoreError> {
    let wrong = |what: String| StoreError::invalid("heads", format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let mut heads = Vec::new();
    for (position, line) in whole.lines().enumerate() {
        let head = SignedHead::parse(line).filter(SignedHead::holds);
        let line = position + 1;
        heads.push(head.ok_or_else(|| {
            wrong(format!(
                "line {line} is no signed head: it was changed, or it is another file"
            ))
        })?);
    }
    Ok(heads)
}
