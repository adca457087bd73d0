//! Everybody as of one snapshot, in one scan in the order of numbers, read in parallel piece by piece: for work that needs
//! something of each person and holds none of them whole.

use super::bulk;
use super::error::StoreError;
use super::history::{self, History};
use super::snapshot::Snapshot;
use crate::model::ids::{PublicId, SubjectKind};
use crate::model::statement::Statement;
use rayon::prelude::*;

/// How many pieces are held in memory at once.
const PIECES: usize = 8;

/// A person with everything that stands of them, sealed or not.
pub struct StandingPerson {
    history: History,
}

impl StandingPerson {
    pub fn number(&self) -> u64 {
        self.history.subject.number()
    }

    pub fn public_id(&self) -> PublicId {
        self.history.header.public_id()
    }

    /// The last version of every statement that is not withdrawn, by id.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        let latest = self.history.latest().into_iter();
        latest
            .map(|version| &version.statement)
            .filter(|statement| !statement.retracted)
    }
}

impl Snapshot<'_> {
    /// Adds people to a piece each, many pieces at once; takes the pieces in the order of the numbers.
    pub fn each_person<Piece, E>(
        &self,
        add: impl Fn(&mut Piece, &StandingPerson) -> Result<(), E> + Sync,
        mut take: impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E>
    where
        Piece: Default + Send,
        E: From<StoreError> + Send,
    {
        for pieces in bulk::pieces(1, self.state.next_subject).chunks(PIECES) {
            let read: Vec<Piece> = pieces
                .par_iter()
                .map(|numbers| self.piece(numbers.start, numbers.end, &add))
                .collect::<Result<_, E>>()?;
            read.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    fn piece<Piece: Default, E: From<StoreError>>(
        &self,
        first: u64,
        end: u64,
        add: &impl Fn(&mut Piece, &StandingPerson) -> Result<(), E>,
    ) -> Result<Piece, E> {
        let mut piece = Piece::default();
        let mut failed = None;
        history::read_range(&*self.view, first, end, self.deadline, &mut |history| {
            if history.header.kind == SubjectKind::Person && failed.is_none() {
                failed = add(&mut piece, &StandingPerson { history }).err();
            }
            Ok(())
        })?;
        match failed {
            Some(why) => Err(why),
            None => Ok(piece),
        }
    }
}
