//! Checks the whole record: every link of the chain, its end, and the heads that were kept outside the store. Says where
//! something was changed, taken out, put elsewhere or cut off, or that the store is an old copy.

use super::chain::{AuditKeys, split, stored_head};
use super::heads::SignedHead;
use crate::model::audit::AuditHead;
use crate::store::backend::{Deadline, GO_ON, Order, ReadView, Table};
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::open::Store;
use crate::store::stop::Stop;

/// What a check of the record found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditCheck {
    /// Entries read.
    pub entries: u64,
    /// The end of the chain, as stored.
    pub head: AuditHead,
    /// Signed heads from outside that were compared.
    pub heads: u64,
    /// The first thousand of what is wrong, in the order of the entries.
    pub findings: Vec<AuditFinding>,
    /// All of them, counted.
    pub wrong: u64,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFinding {
    /// The number of the first entry concerned.
    pub sequence: u64,
    pub detail: String,
}

const FINDINGS: usize = 1000;

impl AuditCheck {
    pub fn is_clean(&self) -> bool {
        self.wrong == 0
    }

    fn found(&mut self, sequence: u64, detail: impl Into<String>) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS {
            self.findings.push(AuditFinding {
                sequence,
                detail: detail.into(),
            });
        }
    }
}

impl Store {
    /// Checks the record of access against itself and against heads that were kept outside.
    pub fn check_audit(&self, heads: &[SignedHead], stop: &Stop) -> Result<AuditCheck, StoreError> {
        let view = self.shared.backend.bulk_snapshot();
        let mut check = check_chain(&*view, &self.shared.audit.keys, heads, stop)?;
        check.findings.sort_by_key(|finding| finding.sequence);
        Ok(check)
    }
}

/// How the last entry read stands in the chain.
#[derive(Default)]
struct Last {
    sequence: u64,
    /// The hash before it, as stored.
    hash: [u8; 32],
    /// Its hash as it should be, where the stored one is another.
    computed: Option<[u8; 32]>,
    epoch: u32,
}

/// Checks the chain in a view. An entry that is wrong is a finding; an error means that the check could not be made.
pub fn check_chain(
    view: &dyn ReadView,
    audit_keys: &AuditKeys,
    heads: &[SignedHead],
    stop: &Stop,
) -> Result<AuditCheck, StoreError> {
    let mut check = AuditCheck::default();
    let mut last = Last::default();
    let mut outside: Vec<&SignedHead> = heads.iter().collect();
    outside.sort_by_key(|signed| signed.head.sequence);
    let ours = audit_keys.sign(AuditHead::default()).public_key;
    for signed in &outside {
        if signed.public_key != ours && signed.key == audit_keys.sign(signed.head).key {
            let sequence = signed.head.sequence;
            check.found(sequence, "a head was signed with the key of another store");
        }
    }
    let mut outside = outside.into_iter().peekable();
    let all = keys::everything();
    let visited = view.scan(
        Table::Access,
        &all,
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            stop.check()?;
            check_entry(&mut check, &mut last, audit_keys, key, value);
            while let Some(signed) = outside.next_if(|signed| signed.head.sequence <= last.sequence)
            {
                compare(&mut check, &last, signed);
            }
            GO_ON
        },
    );
    match visited {
        Err(stopped @ StoreError::DeadlinePassed) => return Err(stopped),
        Err(error) => {
            let detail = format!("cannot be read on from here: {}", error.reason());
            check.found(last.sequence + 1, detail);
        }
        Ok(()) => {}
    }
    for signed in outside {
        let AuditHead { sequence, at, .. } = signed.head;
        check.heads += 1;
        if sequence > last.sequence {
            let first = last.sequence + 1;
            check.found(
                first,
                format!(
                    "entries {first} to {sequence} are missing, which were there when a head was signed (time {at}): \
                     the record was cut off, or the store is an old copy"
                ),
            );
        }
    }
    check_end(&mut check, &last, view, audit_keys)?;
    Ok(check)
}

fn check_entry(
    check: &mut AuditCheck,
    last: &mut Last,
    audit_keys: &AuditKeys,
    key: &[u8],
    value: &[u8],
) {
    check.entries += 1;
    let expected = last.sequence + 1;
    let (Some(place), Ok((hash, body))) = (keys::parse_revision(key), split(value)) else {
        check.found(expected, "an entry that cannot be read");
        return;
    };
    if place.sequence < expected || place.epoch < last.epoch {
        check.found(
            place.sequence,
            "an entry that stands where it does not belong",
        );
        return;
    }
    let computed = audit_keys.link(&last.hash, key, body);
    let mut holds = computed == *hash;
    if let (false, Some(should)) = (holds, last.computed) {
        holds = audit_keys.link(&should, key, body) == *hash;
    }
    if place.sequence > expected {
        let before = place.sequence - 1;
        check.found(
            expected,
            format!("entries {expected} to {before} are missing"),
        );
    } else if !holds {
        check.found(place.sequence, "the entry is not as it was written");
    }
    *last = Last {
        sequence: place.sequence,
        hash: *hash,
        computed: (!holds).then_some(computed),
        epoch: place.epoch,
    };
}

/// Compares a head from outside with the entry that it names.
fn compare(check: &mut AuditCheck, last: &Last, signed: &SignedHead) {
    check.heads += 1;
    let AuditHead {
        sequence, at, hash, ..
    } = signed.head;
    if sequence == 0 {
        return;
    }
    // A missing entry has been found already.
    if sequence == last.sequence && hash != last.hash {
        check.found(
            sequence,
            format!("the record up to here is not the one of which a head was signed (time {at})"),
        );
    }
}

fn check_end(
    check: &mut AuditCheck,
    last: &Last,
    view: &dyn ReadView,
    audit_keys: &AuditKeys,
) -> Result<(), StoreError> {
    let Some((head, holds)) = stored_head(view, audit_keys)? else {
        if last.sequence > 0 {
            check.found(last.sequence, "the stored end of the record is missing");
        }
        return Ok(());
    };
    check.head = head;
    if !holds {
        let detail = "the stored end of the record is not as it was signed";
        check.found(head.sequence, detail);
    }
    if head.sequence > last.sequence {
        let (first, end) = (last.sequence + 1, head.sequence);
        check.found(
            first,
            format!("entries {first} to {end} are missing at the end"),
        );
    } else if head.sequence < last.sequence {
        let first = head.sequence + 1;
        check.found(first, "entries stand behind the end of the record");
    } else if head.sequence > 0 && head.hash != last.hash {
        check.found(
            head.sequence,
            "the last entry is not the one that was signed",
        );
    }
    Ok(())
}
