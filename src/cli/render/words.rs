//! Messages in words: people, dates, sources, enum values.

use crate::api::v1;
use crate::model::same_person::Probability;

/// "Mia Joseph, girl …" in one line: name, and in brackets birth and age, or death.
pub fn person_in_line(person: &v1::PersonSummary) -> String {
    let life = life(person);
    if life.is_empty() {
        person.display_name.clone()
    } else {
        format!("{} ({life})", person.display_name)
    }
}

/// "born 12 March 1961, aged 65"; "born 1961, died 1998".
pub fn life(person: &v1::PersonSummary) -> String {
    let mut parts = Vec::new();
    if let Some(birth) = &person.birth {
        parts.push(format!("born {}", birth.words));
    }
    if !person.age.is_empty() {
        parts.push(format!("aged {}", person.age));
    }
    match (&person.death, person.dead) {
        (Some(death), _) => parts.push(format!("died {}", death.words)),
        (None, true) => parts.push("dead".to_owned()),
        (None, false) => {}
    }
    parts.join(", ")
}

/// "perhaps also as Marg Josef, born about 1960 (93 %: Josef and Joseph sound alike) [people/…]".
pub fn other_record(record: &v1::OtherRecord) -> String {
    let is_decided = record.verdict == i32::from(v1::Verdict::Same);
    let front = if is_decided {
        "also as"
    } else {
        "perhaps also as"
    };
    let mut text = format!("{front} {}", record.display_name);
    if let Some(birth) = &record.birth {
        text.push_str(&format!(", born {}", birth.words));
    }
    let why = if record.verdict_reason.is_empty() {
        let reasons: Vec<&str> = record
            .reasons
            .iter()
            .map(|reason| reason.words.as_str())
            .filter(|words| !words.is_empty())
            .collect();
        reasons.join("; ")
    } else {
        record.verdict_reason.clone()
    };
    let probability = record.probability.and_then(Probability::new);
    let probability = probability.map_or(String::new(), Probability::in_words);
    match (probability.is_empty(), why.is_empty()) {
        (true, true) => {}
        (false, false) => text.push_str(&format!(" ({probability}: {why})")),
        _ => text.push_str(&format!(" ({probability}{why})")),
    }
    text.push_str(&format!(" [{}]", record.name));
    text
}

/// "file 2001-03, p. 4, 12 March 2001, told by the school counsellor"; says so where there is no source.
pub fn source(source: Option<&v1::Source>) -> String {
    let Some(source) = source else {
        return "no source given".to_owned();
    };
    let mut parts = Vec::new();
    for part in [&source.document, &source.page] {
        if !part.is_empty() {
            parts.push(part.clone());
        }
    }
    if let Some(date) = &source.date {
        parts.push(date.words.clone());
    }
    if !source.asserter.is_empty() {
        parts.push(format!("told by {}", source.asserter));
    }
    if parts.is_empty() {
        "no source given".to_owned()
    } else {
        parts.join(", ")
    }
}

/// "since 1961", "until 1998", "1961 to 1998"; empty where nothing is known.
pub fn validity(from: Option<&v1::PartialDate>, to: Option<&v1::PartialDate>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{} to {}", from.words, to.words),
        (Some(from), None) => format!("since {}", from.words),
        (None, Some(to)) => format!("until {}", to.words),
        (None, None) => String::new(),
    }
}

/// "placement".
pub fn purpose(number: i32) -> &'static str {
    match v1::Purpose::try_from(number).unwrap_or_default() {
        v1::Purpose::Unspecified | v1::Purpose::Placement => "placement",
        v1::Purpose::Connection => "connection",
        v1::Purpose::Information => "information",
        v1::Purpose::Notice => "notice",
    }
}

/// "maternal"; empty where it is not known.
pub fn side(number: i32) -> &'static str {
    match v1::Side::try_from(number).unwrap_or_default() {
        v1::Side::Maternal => "maternal",
        v1::Side::Paternal => "paternal",
        v1::Side::Both => "both sides",
        v1::Side::Unspecified => "",
    }
}

/// "confirmed".
pub fn certainty(number: i32) -> &'static str {
    match v1::Certainty::try_from(number).unwrap_or_default() {
        v1::Certainty::Confirmed => "confirmed",
        v1::Certainty::Disputed => "DISPUTED",
        v1::Certainty::Disproved => "DISPROVED",
        v1::Certainty::Reported => "reported",
        v1::Certainty::Unspecified => "certainty not told",
    }
}

/// "full"; empty where the relation does not run through siblings.
pub fn sibship(number: i32) -> &'static str {
    match v1::Sibship::try_from(number).unwrap_or_default() {
        v1::Sibship::Full => "full",
        v1::Sibship::Half => "half",
        v1::Sibship::PossiblyHalf => "full or half, not known which",
        v1::Sibship::Direct | v1::Sibship::Unspecified => "",
    }
}

/// "by blood".
pub fn line(number: i32) -> &'static str {
    match v1::RelationLine::try_from(number).unwrap_or_default() {
        v1::RelationLine::Blood => "by blood",
        v1::RelationLine::Adoption => "by adoption",
        v1::RelationLine::Custom => "by custom",
        v1::RelationLine::Stated => "as told",
        v1::RelationLine::Affinity => "by marriage or partnership",
        v1::RelationLine::Step => "by a parent's partner",
        v1::RelationLine::Foster => "by foster care",
        v1::RelationLine::Guardian => "by guardianship",
        v1::RelationLine::Unspecified => "",
    }
}

/// "placement: declined on 12 March 2026, ask again from 1 June 2026".
pub fn outreach(outreach: &v1::Outreach) -> String {
    let state = match v1::OutreachState::try_from(outreach.state).unwrap_or_default() {
        v1::OutreachState::Planned => "planned",
        v1::OutreachState::Contacted => "contacted",
        v1::OutreachState::NoReply => "no reply",
        v1::OutreachState::Declined => "declined",
        v1::OutreachState::Willing => "willing",
        v1::OutreachState::Unspecified => "not told",
    };
    let mut text = format!("{}: {state}", purpose(outreach.purpose));
    if let Some(date) = &outreach.date {
        text.push_str(&format!(", {}", date.words));
    }
    if let Some(again) = &outreach.ask_again {
        text.push_str(&format!(", ask again {}", again.words));
    }
    text
}

/// "a member".
pub fn membership(number: i32) -> &'static str {
    match v1::MembershipState::try_from(number).unwrap_or_default() {
        v1::MembershipState::Member => "member",
        v1::MembershipState::Entitled => "entitled to membership",
        v1::MembershipState::ConfirmedByNation => "confirmed by the nation",
        v1::MembershipState::Claimed => "claimed, not checked",
        v1::MembershipState::NotAMember => "not a member",
        v1::MembershipState::AskedAwaitingAnswer => "the nation was asked and has not answered",
        v1::MembershipState::Unspecified => "not known",
    }
}

/// "aunts and uncles".
pub fn about(number: i32) -> &'static str {
    match v1::AskedAbout::try_from(number).unwrap_or_default() {
        v1::AskedAbout::Parents => "parents",
        v1::AskedAbout::Grandparents => "grandparents",
        v1::AskedAbout::GreatGrandparents => "great-grandparents",
        v1::AskedAbout::AuntsAndUncles => "aunts and uncles",
        v1::AskedAbout::Siblings => "brothers and sisters",
        v1::AskedAbout::Cousins => "cousins",
        v1::AskedAbout::Network => "network",
        v1::AskedAbout::All => "everyone",
        v1::AskedAbout::Unspecified => "not told",
    }
}

/// "3 leads", "1 lead".
pub fn count(number: u32, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{number} {noun}")
}
