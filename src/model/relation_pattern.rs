//! Relation patterns: the shapes by which laws list relatives, as short text in data files.
//!
//! A pattern is one or more stretches of descent joined by couples. A stretch is generations up, then down: `2.0` is a
//! grandparent, `2.1` an aunt or uncle, `0.0` nobody but the person already reached. `3+.1` is three or more up. `~` is a
//! couple (`2.1~0.0` an aunt's or uncle's partner, `1.0~0.1` a step-sibling); `&` are two parents of one child who were
//! never recorded as a couple (`1.1&1.0` the other parent of a half-sibling).

use std::fmt;

/// One shape of relation, seen from the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationPattern {
    stretches: Vec<StretchPattern>,
    /// One fewer than stretches.
    joints: Vec<PatternJoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StretchPattern {
    up: Generations,
    down: Generations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Generations {
    least: u8,
    or_more: bool,
}

/// How two stretches of a pattern join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternJoint {
    /// A couple, present or former.
    Couple,
    /// Two parents of one child who were never recorded as a couple.
    Coparents,
}

/// Text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAPattern;

impl fmt::Display for NotAPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("write generations up and down as \"2.1\", couples as \"~\"")
    }
}

/// Nobody is looked for beyond this many generations up or down when a pattern says "or more".
const MOST_GENERATIONS: u8 = 8;

impl RelationPattern {
    /// Reads a pattern.
    pub fn read(text: &str) -> Result<RelationPattern, NotAPattern> {
        let joints = text.chars().filter_map(|character| match character {
            '~' => Some(PatternJoint::Couple),
            '&' => Some(PatternJoint::Coparents),
            _ => None,
        });
        Ok(RelationPattern {
            stretches: text
                .split(['~', '&'])
                .map(stretch)
                .collect::<Option<Vec<_>>>()
                .ok_or(NotAPattern)?,
            joints: joints.collect(),
        })
    }

    /// Whether a relation has this shape: its stretches as (up, down) and how they join.
    pub fn matches(&self, stretches: &[(u8, u8)], joints: &[PatternJoint]) -> bool {
        self.joints == joints
            && self.stretches.len() == stretches.len()
            && self
                .stretches
                .iter()
                .zip(stretches)
                .all(|(pattern, (up, down))| pattern.up.holds(*up) && pattern.down.holds(*down))
    }

    /// Parent and child steps of the longest relation of this shape that is looked for.
    pub fn greatest_degree(&self) -> u8 {
        self.stretches
            .iter()
            .map(|stretch| stretch.up.greatest() + stretch.down.greatest())
            .sum()
    }

    /// Of kin whom only a half-brother or half-sister has, through their other parent: the greatest civil degree from that
    /// sibling. Nothing for any other shape.
    pub fn degree_beyond_half_sibling(&self) -> Option<u8> {
        let (own, theirs) = self.stretches.split_first()?;
        let is_sibling = own.up.holds_only(1) && own.down.holds_only(1);
        let is_over_other_parent = self.joints.first() == Some(&PatternJoint::Coparents);
        let degrees = theirs
            .iter()
            .map(|stretch| stretch.up.greatest() + stretch.down.greatest());
        (is_sibling && is_over_other_parent).then(|| degrees.sum())
    }

    /// Whether it runs through a couple.
    pub fn is_by_affinity(&self) -> bool {
        !self.joints.is_empty()
    }
}

fn stretch(text: &str) -> Option<StretchPattern> {
    let (up, down) = text.split_once('.')?;
    Some(StretchPattern {
        up: generations(up)?,
        down: generations(down)?,
    })
}

fn generations(text: &str) -> Option<Generations> {
    let (digits, or_more) = text
        .strip_suffix('+')
        .map_or((text, false), |digits| (digits, true));
    let least: u8 = digits.parse().ok()?;
    (least <= MOST_GENERATIONS).then_some(Generations { least, or_more })
}

impl Generations {
    fn holds(self, generations: u8) -> bool {
        generations == self.least || (self.or_more && generations > self.least)
    }

    fn holds_only(self, generations: u8) -> bool {
        !self.or_more && self.least == generations
    }

    fn greatest(self) -> u8 {
        if self.or_more {
            MOST_GENERATIONS
        } else {
            self.least
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_their_own_shape_only() {
        let aunt = RelationPattern::read("2.1").unwrap();
        assert!(aunt.matches(&[(2, 1)], &[]));
        assert!(!aunt.matches(&[(3, 1)], &[]));
        assert!(!aunt.matches(&[(2, 1), (0, 0)], &[PatternJoint::Couple]));
        let great_aunts = RelationPattern::read("3+.1").unwrap();
        assert!(great_aunts.matches(&[(3, 1)], &[]) && great_aunts.matches(&[(5, 1)], &[]));
        assert!(!great_aunts.matches(&[(2, 1)], &[]));
        let step_sibling = RelationPattern::read("1.0~0.1").unwrap();
        assert!(step_sibling.matches(&[(1, 0), (0, 1)], &[PatternJoint::Couple]));
        assert!(!step_sibling.matches(&[(1, 0), (0, 1)], &[PatternJoint::Coparents]));
        assert_eq!(step_sibling.greatest_degree(), 2);
        assert!(step_sibling.is_by_affinity() && !aunt.is_by_affinity());
        let degree_beyond = |text| {
            let pattern = RelationPattern::read(text).unwrap();
            pattern.degree_beyond_half_sibling()
        };
        assert_eq!(degree_beyond("1.1&2.1"), Some(3));
        assert_eq!(degree_beyond("1.1&2.1~0.0"), Some(3));
        assert_eq!(degree_beyond("1.1~2.1"), None);
        assert_eq!(degree_beyond("1.2&2.1"), None);
        assert_eq!(degree_beyond("1.1"), None);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "", "2", "2.", ".1", "2.1~", "2.1-0.0", "a.b", "200.1", "-1.0",
        ] {
            assert_eq!(RelationPattern::read(text), Err(NotAPattern), "{text}");
        }
    }
}
