//! Relations in words as English speakers use them: "maternal great-aunt", "former step-father", "uncle by marriage".
//! A route without a word of its own is told step by step: "half-brother's father".

use super::blood_words::{blood_word, partner_word};
use super::family_graph::{FamilyGraph, is_over};
use super::route::{Joint, Route, Shape, Stretch};
use crate::model::lead::Sibship;
use crate::model::person::Gender;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::tie::{Side, UnionKind};

/// What the last person of a route is to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The plain word, without side, half, line or "former": "great-aunt", "mother-in-law".
    pub term: String,
    /// All of it: "maternal half-great-aunt".
    pub words: String,
}

/// Names a route.
pub fn name(graph: &FamilyGraph, route: &Route, shape: &Shape) -> Words {
    let namer = Namer {
        graph,
        route,
        shape,
    };
    namer.part(0, shape.stretches.len() - 1)
}

/// The words for a relation that a kinship word tells, as if its path were known: "maternal uncle"; "(stated)" is added
/// where it is kept as a word only.
pub fn name_of_term(term: KinTerm, side: Side, gender: Gender, stated: bool) -> String {
    let blood = blood_word(term.up, term.down, gender);
    let collateral = term.up > 1 || (term.half && term.up == 1);
    let side = match side {
        Side::Maternal if collateral => "maternal ",
        Side::Paternal if collateral => "paternal ",
        _ => "",
    };
    let half = if term.half { "half-" } else { "" };
    let words = match term.line {
        StatedLine::Kin => format!("{side}{half}{blood}"),
        StatedLine::Step => format!("{side}{}", step(&blood)),
        StatedLine::InLaw => in_law(&format!("{side}{blood}")),
    };
    if stated {
        format!("{words} (stated)")
    } else {
        words
    }
}

struct Namer<'a> {
    graph: &'a FamilyGraph,
    route: &'a Route,
    shape: &'a Shape,
}

impl Namer<'_> {
    /// Names stretches `first` to `last`, or tells them step by step.
    fn part(&self, first: usize, last: usize) -> Words {
        if let Some(words) = self.direct(first, last) {
            return words;
        }
        // Split as late as possible: the longest part that has a word comes first.
        for split in (first..last).rev() {
            if split == first && self.is_couple_only(first) {
                continue;
            }
            if self.shape.joints[split] == Joint::Coparent {
                return possessive(&self.part(first, split), &self.part(split + 1, last));
            }
            if let Some(words) = self.direct(first, split) {
                return possessive(&words, &self.tail(split, last));
            }
        }
        let partner = self.partner_at(first);
        possessive(&partner, &self.part(first + 1, last))
    }

    /// Names what follows stretch `split`, beginning with the couple that ends it.
    fn tail(&self, split: usize, last: usize) -> Words {
        let partner = self.partner_at(split);
        if self.is_couple_only(last) && last == split + 1 {
            partner
        } else {
            possessive(&partner, &self.part(split + 1, last))
        }
    }

    fn is_couple_only(&self, index: usize) -> bool {
        self.shape.stretches[index].up == 0 && self.shape.stretches[index].down == 0
    }

    /// The gender of the person at the end of a stretch.
    fn gender(&self, index: usize) -> Gender {
        let place = self.route.before(self.shape.stretches[index].last);
        self.graph
            .node(place)
            .map_or(Gender::Unknown, |node| node.gender)
    }

    /// The partner reached by the joint after stretch `index`.
    fn partner_at(&self, index: usize) -> Words {
        let step = self.shape.stretches[index].last;
        let place = self
            .route
            .steps
            .get(step)
            .map_or(self.route.end(), |step| step.to);
        let gender = self
            .graph
            .node(place)
            .map_or(Gender::Unknown, |node| node.gender);
        let (kind, ended) = match self.shape.joints[index] {
            Joint::Union { kind, ended } => (kind, ended),
            Joint::Step { ended } => (UnionKind::Other, ended),
            Joint::Coparent => (UnionKind::Other, false),
        };
        let term = partner_word(kind, gender);
        let words = former(ended, term.clone());
        Words { term, words }
    }

    /// The word for stretches `first` to `last`, if there is one.
    fn direct(&self, first: usize, last: usize) -> Option<Words> {
        match last - first {
            0 if self.is_couple_only(first) => None,
            0 => Some(self.one_stretch(first)),
            1 => self.one_couple(first),
            2 => self.two_couples(first),
            _ => None,
        }
    }

    /// A relation without couples.
    fn one_stretch(&self, index: usize) -> Words {
        let stretch = &self.shape.stretches[index];
        let gender = self.gender(index);
        let natures = stretch.natures;
        if natures.guardian {
            return self.through_guardian(stretch, gender);
        }
        let term = blood_word(stretch.up, stretch.down, gender);
        if natures.foster {
            let over = self.any_tie_is_over(stretch);
            return Words {
                words: former(over, format!("foster {term}")),
                term,
            };
        }
        let is_parent_or_child = stretch.up + stretch.down == 1;
        let is_sibling = stretch.up == 1 && stretch.down == 1;
        let mut words = String::new();
        if natures.presumed {
            words.push_str("presumed ");
        }
        words.push_str(self.side_word(index));
        if natures.adoptive && (is_parent_or_child || is_sibling) {
            words.push_str("adoptive ");
        } else if natures.birth_of_adopted && is_parent_or_child {
            words.push_str("birth ");
        }
        match stretch.sibship {
            Sibship::Half => words = words + "half-" + &term,
            Sibship::PossiblyHalf if is_sibling => words = format!("{term} or {words}half-{term}"),
            Sibship::Full | Sibship::Direct | Sibship::PossiblyHalf => words.push_str(&term),
        }
        if natures.customary {
            words.push_str(" by custom");
        } else if natures.adoptive && !is_parent_or_child && !is_sibling {
            words.push_str(" by adoption");
        } else if natures.birth_of_adopted && !natures.adoptive && !is_parent_or_child {
            words.push_str(" by birth");
        }
        if natures.stated {
            words.push_str(" (stated)");
        }
        if stretch.sibship == Sibship::PossiblyHalf && !is_sibling {
            words.push_str(" (possibly half)");
        }
        Words { term, words }
    }

    fn through_guardian(&self, stretch: &Stretch, gender: Gender) -> Words {
        let over = self.any_tie_is_over(stretch);
        let term = match (stretch.up, stretch.down) {
            (1, 0) => "guardian".to_owned(),
            (0, 1) => "ward".to_owned(),
            (0, down) => format!("ward's {}", blood_word(0, down - 1, gender)),
            (up, down) => format!("guardian's {}", blood_word(up - 1, down, gender)),
        };
        Words {
            words: former(over, term.clone()),
            term,
        }
    }

    fn any_tie_is_over(&self, stretch: &Stretch) -> bool {
        self.route.steps[stretch.first..stretch.last]
            .iter()
            .any(|step| is_over(self.graph.tie(step.tie).to, self.graph.as_of()))
    }

    /// "maternal " or "paternal " where English says so: not of parents, descendants or siblings' children (a "maternal
    /// nephew" would be a sister's son).
    fn side_word(&self, index: usize) -> &'static str {
        let stretch = &self.shape.stretches[index];
        let told = index == 0
            && (stretch.up >= 2
                || (stretch.up == 1 && stretch.down == 1 && stretch.sibship != Sibship::Full));
        match self.shape.side {
            Side::Maternal if told => "maternal ",
            Side::Paternal if told => "paternal ",
            _ => "",
        }
    }

    /// A relation with one couple: the couple itself, a partner's kin, kin's partner, step kin.
    fn one_couple(&self, first: usize) -> Option<Words> {
        let (own, theirs) = (
            &self.shape.stretches[first],
            &self.shape.stretches[first + 1],
        );
        let gender = self.gender(first + 1);
        let (kind, ended) = match self.shape.joints[first] {
            Joint::Coparent => return None,
            Joint::Step { ended } => (UnionKind::Married, ended),
            Joint::Union { kind, ended } => (kind, ended),
        };
        let married = kind != UnionKind::Other;
        let (up, down) = (own.up + theirs.up, own.down + theirs.down);
        let blood = blood_word(up, down, gender);
        let term = match ((own.up, own.down), (theirs.up, theirs.down)) {
            ((0, 0), (0, 0)) => return Some(self.partner_at(first)),
            _ if !married => return None,
            ((0, 0), (0, _)) => step(&blood),
            ((0, 0), (1.., 0) | (1, 1)) => in_law(&blood),
            ((0, 0), _) => return self.by_marriage(first, kind, ended, blood),
            ((1.., 0), _) => step(&blood),
            ((0, 1..) | (1, 1), (0, 0)) => in_law(&blood),
            (_, (0, 0)) => return self.by_marriage(first, kind, ended, blood),
            ((0, _) | (_, 1..), (0, _)) => step(&blood),
            _ => return None,
        };
        let side = if own.up >= 2 {
            self.side_word(first)
        } else {
            ""
        };
        let stated = if own.natures.stated || theirs.natures.stated {
            " (stated)"
        } else {
            ""
        };
        let foster = if own.natures.foster || own.natures.guardian {
            "foster "
        } else {
            ""
        };
        if !foster.is_empty() {
            return None;
        }
        Some(Words {
            words: former(ended, format!("{side}{term}{stated}")),
            term,
        })
    }

    /// "maternal uncle by marriage"; of people living together, "maternal aunt's common-law husband".
    fn by_marriage(
        &self,
        first: usize,
        kind: UnionKind,
        ended: bool,
        blood: String,
    ) -> Option<Words> {
        let own = &self.shape.stretches[first];
        if kind != UnionKind::Married || own.natures.foster || own.natures.guardian {
            return None;
        }
        let half = if own.sibship == Sibship::Half {
            "half-"
        } else {
            ""
        };
        let stated = if own.natures.stated { " (stated)" } else { "" };
        let term = format!("{blood} by marriage");
        let words = former(
            ended,
            format!("{}{half}{term}{stated}", self.side_word(first)),
        );
        Some(Words { term, words })
    }

    /// The partner of a partner's sibling is a brother- or sister-in-law too.
    fn two_couples(&self, first: usize) -> Option<Words> {
        let siblings = &self.shape.stretches[first + 1];
        let ended = |index: usize| match self.shape.joints[index] {
            Joint::Union {
                kind: UnionKind::Married,
                ended,
            } => Some(ended),
            _ => None,
        };
        let (one, other) = (ended(first)?, ended(first + 1)?);
        if !self.is_couple_only(first)
            || !self.is_couple_only(first + 2)
            || (siblings.up, siblings.down) != (1, 1)
        {
            return None;
        }
        let gender = self.gender(first + 2);
        let term = in_law(&blood_word(1, 1, gender));
        Some(Words {
            words: former(one || other, term.clone()),
            term,
        })
    }
}

fn in_law(blood: &str) -> String {
    format!("{blood}-in-law")
}

/// "step-mother", "first step-cousin once removed".
fn step(blood: &str) -> String {
    match blood.contains("cousin") {
        true => blood.replacen("cousin", "step-cousin", 1),
        false => format!("step-{blood}"),
    }
}

fn former(ended: bool, words: String) -> String {
    if ended {
        format!("former {words}")
    } else {
        words
    }
}

/// "half-brother's father"; after a longer phrase "wife of first cousin once removed". Where it is not known whether a
/// sibling is a half one: "adoptive mother of a sister or maternal half-sister".
fn possessive(owner: &Words, owned: &Words) -> Words {
    if owner.words.contains(" or ") && owner.words.contains("half-") {
        let sibling = owner
            .words
            .strip_suffix(" by birth")
            .unwrap_or(&owner.words);
        let words = format!("{} of a {sibling}", owned.words);
        return Words {
            term: words.clone(),
            words,
        };
    }
    let is_phrase = owner.words.contains(" by ")
        || owner.words.contains('(')
        || owner.words.ends_with("removed");
    let words = if is_phrase {
        format!("{} of {}", owned.words, owner.words)
    } else {
        format!("{}'s {}", owner.words, owned.words)
    };
    Words {
        term: words.clone(),
        words,
    }
}
