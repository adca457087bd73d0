//! Coverage: what is known, what was asked, what to ask next.

use crate::api::v1;
use crate::model::coverage::{Coverage, CoverageRow, NextQuestion};

/// The coverage of a child's family.
pub fn coverage(coverage: &Coverage) -> v1::Coverage {
    v1::Coverage {
        rows: coverage.rows.iter().map(row).collect(),
        missing_from_notice: coverage.missing_from_notice.clone(),
        connection_count: coverage.connections,
        connection_floor: coverage.floor,
        connection_aim: coverage.aim,
        next_questions: coverage.next_questions.iter().map(next_question).collect(),
    }
}

fn row(row: &CoverageRow) -> v1::CoverageRow {
    v1::CoverageRow {
        side: v1::Side::from(row.side).into(),
        about: v1::AskedAbout::from(row.about).into(),
        expected: row.expected,
        named_count: row.named,
        unnamed_count: row.unnamed,
        asked: v1::AskedState::from(row.asked).into(),
    }
}

fn next_question(question: &NextQuestion) -> v1::NextQuestion {
    v1::NextQuestion {
        question: question.question.clone(),
        side: v1::Side::from(question.side).into(),
        about: v1::AskedAbout::from(question.about).into(),
        whom: question.whom.clone(),
    }
}
