//! The leave to run one workflow: who asks, and what exists for them.

use crate::model::visibility::Visibility;

/// Who asks and what they may see. There is one identity for now: whoever runs this program on this machine.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: String,
    visibility: Visibility,
}

impl Permit {
    /// The person who runs the program on this machine; sees everything in its own store.
    pub fn local_operator() -> Permit {
        Permit {
            actor: "local operator".to_owned(),
            visibility: Visibility::all(),
        }
    }

    /// A permit that bypasses callers, with its reason.
    pub fn system(reason: &'static str) -> Permit {
        Permit {
            actor: format!("system: {reason}"),
            visibility: Visibility::all(),
        }
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
