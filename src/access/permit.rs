//! The leave to run one workflow: who asks, and what exists for them.

use crate::error::Error;
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Stop, Store, SubjectsRead};
use std::sync::Arc;

/// A person costs some microseconds; looking costs a hundred times less.
const POSITIONS_A_LOOK: usize = 64;

/// Who asks and what they may see. There is one identity for now: whoever runs this program on this machine.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: String,
    visibility: Visibility,
    stop: Stop,
}

impl Permit {
    /// The person who runs the program on this machine; sees everything in its own store.
    pub fn local_operator() -> Permit {
        Permit {
            actor: "local operator".to_owned(),
            visibility: Visibility::all(),
            stop: Stop::default(),
        }
    }

    /// A permit that bypasses callers, with its reason.
    pub fn system(reason: &'static str) -> Permit {
        Permit {
            actor: format!("system: {reason}"),
            visibility: Visibility::all(),
            stop: Stop::default(),
        }
    }

    /// The same permit, for work that must stop when it is told to.
    pub fn until(self, stop: Stop) -> Permit {
        Permit { stop, ..self }
    }

    /// The store as it is now, for as long as the work may go on.
    pub fn snapshot<'a>(&self, store: &'a Store) -> Result<Snapshot<'a>, Error> {
        self.stop.check()?;
        Ok(store.snapshot()?.with_stop(&self.stop))
    }

    /// The moment of a snapshot for one of many questions, and which subjects are read for it.
    pub fn recording<'s>(
        &self,
        snapshot: &'s Snapshot<'_>,
    ) -> Result<(Snapshot<'s>, Arc<SubjectsRead>), Error> {
        self.stop.check()?;
        Ok(snapshot.recording(&self.stop))
    }

    /// Fails once the work must stop.
    pub fn go_on(&self) -> Result<(), Error> {
        Ok(self.stop.check()?)
    }

    /// The same for long loops: it looks at one of so many positions only.
    pub fn go_on_at(&self, position: usize) -> Result<(), Error> {
        Ok(self.stop.check_at(position, POSITIONS_A_LOOK)?)
    }

    /// Tells engines whether nobody waits for the work any longer.
    pub fn is_unwanted(&self) -> Box<dyn Fn() -> bool> {
        let stop = self.stop.clone();
        Box::new(move || stop.check().is_err())
    }

    /// The same permit, seeing no more than this.
    pub fn limited_to(self, visibility: Visibility) -> Permit {
        Permit { visibility, ..self }
    }

    /// Who asks, as written into the audit entry.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }
}
