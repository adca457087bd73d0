//! One night in words: from the statements as they were known then, and the answers worked out anew.

use super::cause_words::words_of;
use super::matching::tell_all;
use super::told::{ToldChange, ToldChild, ToldPlace};
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Case;
use crate::model::ids::{CaseId, NationId, PersonId, PublicId, Subject};
use crate::model::lead::{FamilyAnswer, Lead, LeadTarget};
use crate::model::nation::MembershipState;
use crate::model::rematch::{ChangeKind, Changed, ListChange, ListedLead, Run, Standing, Target};
use crate::store::{Snapshot, Store};
use crate::workflow::joined::joined_nodes;
use crate::workflow::relations::summary;

/// One night, opened to be told of.
pub struct Telling<'a> {
    permit: &'a Permit,
    pub run: Run,
    pub moment: Snapshot<'a>,
    /// The night before.
    earlier: Option<(Run, Snapshot<'a>)>,
}

impl<'a> Telling<'a> {
    pub fn open(store: &'a Store, permit: &'a Permit, run: Run) -> Result<Telling<'a>, Error> {
        let open = |run: &Run| -> Result<Snapshot<'a>, Error> {
            let present = permit.snapshot(store)?;
            Ok(present.known_on(run.revision)?.as_of(run.as_of))
        };
        let moment = open(&run)?;
        let earlier = match run.previous {
            Some(previous) => moment.rematch_run(previous)?,
            None => None,
        };
        let earlier = match earlier {
            Some(earlier) => Some((earlier.clone(), open(&earlier)?)),
            None => None,
        };
        Ok(Telling {
            permit,
            run,
            moment,
            earlier,
        })
    }

    /// The answer of the night; nothing where there is none any more.
    pub fn answer(&self, child: PersonId) -> Result<Option<FamilyAnswer>, Error> {
        let as_of = self.run.as_of;
        answered(tell_all(&self.moment, self.permit, child, as_of))
    }

    pub fn is_of_nation(&self, child: PersonId, nation: Option<NationId>) -> Result<bool, Error> {
        let Some(wanted) = nation else {
            return Ok(true);
        };
        let nodes = joined_nodes(&self.moment, self.permit, &[child], &Default::default())?;
        let mut nations = nodes.iter().flat_map(|node| &node.nations);
        let belongs = |(nation, state): &(NationId, MembershipState)| {
            *nation == wanted && *state != MembershipState::NotAMember
        };
        Ok(nations.any(belongs))
    }

    fn earlier_answer(&self, child: PersonId) -> Result<Option<FamilyAnswer>, Error> {
        match &self.earlier {
            Some((run, moment)) => answered(tell_all(moment, self.permit, child, run.as_of)),
            None => Ok(None),
        }
    }

    pub fn child(
        &self,
        child: PersonId,
        case: Option<(CaseId, Case)>,
        changes: &[ListChange],
    ) -> Result<Option<ToldChild>, Error> {
        let nodes = joined_nodes(&self.moment, self.permit, &[child], &Default::default())?;
        let Some(node) = nodes.first() else {
            return Ok(None);
        };
        let now = self.answer(child)?;
        let is_gone = |change: &ListChange| change.kind() == ChangeKind::LeadGone;
        let was = match changes.iter().any(is_gone) {
            true => self.earlier_answer(child)?,
            false => None,
        };
        let mut told = Vec::with_capacity(changes.len());
        for change in changes {
            told.push(self.change(change, now.as_ref(), was.as_ref())?);
        }
        told.sort_by_key(|change| {
            let place = change.after.or(change.before);
            let place = place.map(|place| (place.tier, place.rank));
            (!change.is_news, change.not_yet_named, change.kind, place)
        });
        let case_id = match &case {
            Some((id, _)) => self.public_id(Subject::Case(*id))?,
            None => None,
        };
        let case = case.map(|(_, case)| case);
        Ok(Some(ToldChild {
            record: child,
            child: summary(node, self.run.as_of),
            case: case_id,
            worker: case
                .as_ref()
                .map_or_else(String::new, |case| case.worker.clone()),
            agency: case.map_or_else(String::new, |case| case.agency),
            changes: told,
        }))
    }

    fn change(
        &self,
        change: &ListChange,
        now: Option<&FamilyAnswer>,
        was: Option<&FamilyAnswer>,
    ) -> Result<ToldChange, Error> {
        let mut causes = Vec::with_capacity(change.causes.len());
        for cause in &change.causes {
            causes.push(words_of(&self.moment, self.permit, cause)?);
        }
        let mut told = ToldChange {
            kind: change.kind(),
            is_news: change.is_news,
            target: None,
            name: String::new(),
            relation: String::new(),
            note: String::new(),
            before: None,
            after: None,
            causes,
            not_yet_named: false,
        };
        let Changed::Standing {
            target,
            before,
            after,
        } = change.what
        else {
            if let (ChangeKind::OrderChanged, Some(now)) = (change.kind(), now) {
                told.note.clone_from(&now.order.title);
            }
            return Ok(told);
        };
        let stands_in = match after {
            Standing::Lead { .. } => now,
            _ => was.or(now),
        };
        (told.name, told.relation) = self.named(target, stands_in)?;
        told.not_yet_named = [now, was].into_iter().flatten().any(|answer| {
            let lead = lead_of(answer, target);
            matches!(lead.map(|lead| &lead.target), Some(LeadTarget::Person(one)) if !one.named)
        });
        let id = self.public_id(target.subject())?;
        told.target = id.map(|id| (target.subject(), id));
        (told.before, told.after) = (place_of(before), place_of(after));
        told.note = note(change.kind(), target, now);
        Ok(told)
    }

    /// Name and relation as the answer has them.
    pub fn named(
        &self,
        target: Target,
        answer: Option<&FamilyAnswer>,
    ) -> Result<(String, String), Error> {
        if let Some(lead) = answer.and_then(|answer| lead_of(answer, target)) {
            let (name, _) = lead.target.content_key();
            return Ok((name.to_owned(), lead.relation.clone()));
        }
        let left_out = answer.into_iter().flat_map(|answer| &answer.excluded);
        for one in left_out {
            if is(&one.target, target) {
                let (name, _) = one.target.content_key();
                return Ok((name.to_owned(), one.relation.clone()));
            }
        }
        let visibility = self.permit.visibility();
        let name = match target {
            Target::Person(id) => {
                let nodes = self.moment.nodes(&[id], visibility)?;
                nodes.into_iter().flatten().next().map(|node| node.name)
            }
            Target::WaitingFamily(id) => {
                let families = self.moment.all_waiting_families(visibility)?;
                let family = families.iter().find(|(known, _, _)| *known == id);
                family.map(|(_, _, family)| family.name.clone())
            }
            Target::Nation(id) => {
                let nations = self.moment.nations(&[id], visibility)?;
                nations
                    .into_iter()
                    .flatten()
                    .next()
                    .map(|(_, nation)| nation.name)
            }
        };
        Ok((name.unwrap_or_default(), relation_of(target)))
    }

    pub fn public_id(&self, subject: Subject) -> Result<Option<PublicId>, Error> {
        let ids = self.moment.identities(&[subject])?;
        Ok(ids.into_iter().flatten().next().map(|ids| ids.public_id))
    }
}

fn relation_of(target: Target) -> String {
    match target {
        Target::Person(_) => String::new(),
        Target::WaitingFamily(_) => "approved waiting family".to_owned(),
        Target::Nation(_) => "the child's nation".to_owned(),
    }
}

fn answered(told: Result<FamilyAnswer, Error>) -> Result<Option<FamilyAnswer>, Error> {
    match told {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub fn is(lead: &LeadTarget, target: Target) -> bool {
    match lead {
        LeadTarget::Person(person) => Target::Person(person.id) == target,
        LeadTarget::WaitingFamily { id, .. } => Target::WaitingFamily(*id) == target,
    }
}

fn lead_of(answer: &FamilyAnswer, target: Target) -> Option<&Lead> {
    let mut leads = answer.tiers.iter().flat_map(|tier| &tier.leads);
    leads.find(|lead| is(&lead.target, target))
}

pub fn place_of(standing: Standing) -> Option<ToldPlace> {
    let Standing::Lead { rank, lead } = standing else {
        return None;
    };
    let ListedLead { tier, score, .. } = lead;
    Some(ToldPlace {
        tier: tier.into(),
        rank,
        score: f64::from(score) / 100.0,
    })
}

/// What must be known beside the change itself.
fn note(kind: ChangeKind, target: Target, now: Option<&FamilyAnswer>) -> String {
    let Some(now) = now else {
        return String::new();
    };
    if let Some(lead) = lead_of(now, target) {
        return match kind {
            ChangeKind::StatusChanged => lead.questions.join("; "),
            ChangeKind::OutreachChanged => {
                let mut of_purpose = lead.outreach.iter();
                let brief = of_purpose.find(|brief| brief.purpose == now.purpose);
                brief.map_or(String::new(), |brief| brief.state.word().replace('_', " "))
            }
            _ => lead.cautions.join(" "),
        };
    }
    let mut left_out = now.excluded.iter();
    let left_out = left_out.find(|one| is(&one.target, target));
    left_out.map_or(String::new(), |one| one.reason.clone())
}
