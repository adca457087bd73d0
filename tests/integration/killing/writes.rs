//! What the writers write: connections of many kinds, each to a person whose name nobody else has.

use kinpath::api::v1;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Words, the choice that goes with them, and what must be found afterwards.
pub struct Kind {
    relation: &'static str,
    choice: &'static str,
    pub tie: Tie,
}

/// How a tie shows once it is recorded.
pub enum Tie {
    /// One of the relations of the two is this term.
    Relation(&'static str),
    /// The child's record has a statement of this kind with these words before the person's name.
    Statement(&'static str, &'static str),
}

const KINDS: &[Kind] = &[
    kind("mother's sister", "", Tie::Relation("aunt")),
    kind("father's brother", "", Tie::Relation("uncle")),
    kind("sister", "", Tie::Relation("sister")),
    kind(
        "half-brother on father's side",
        "",
        Tie::Relation("brother"),
    ),
    kind("mother's father", "", Tie::Relation("grandfather")),
    kind("father's mother", "", Tie::Relation("grandmother")),
    kind("maternal aunt", "", Tie::Relation("aunt")),
    kind("auntie", "as told", Tie::Statement("stated kin", "")),
    kind("teacher", "", Tie::Statement("network", "teacher: ")),
    kind("coach", "", Tie::Statement("network", "coach: ")),
    kind(
        "family friend",
        "",
        Tie::Statement("network", "family friend: "),
    ),
];

const fn kind(relation: &'static str, choice: &'static str, tie: Tie) -> Kind {
    Kind {
        relation,
        choice,
        tie,
    }
}

/// One write: the request, and of which kind it is.
#[derive(Clone)]
pub struct Write {
    pub request: v1::RecordConnectionRequest,
    pub kind: &'static Kind,
}

/// Some children are written about by many at once.
const BUSY: usize = 4;

/// A new write. `number` is in no other write.
pub fn draw(chance: &mut ChaCha8Rng, children: &[String], number: u64) -> Write {
    let kind = &KINDS[chance.random_range(0..KINDS.len())];
    let among = if chance.random_range(0..4) == 0 {
        BUSY
    } else {
        children.len()
    };
    let child = &children[chance.random_range(0..among)];
    let letters = letters(number);
    let request = v1::RecordConnectionRequest {
        child: child.clone(),
        relation: kind.relation.to_owned(),
        choice: kind.choice.to_owned(),
        name_as_written: format!("Vera {letters}"),
        birth: Some(v1::PartialDate {
            edtf: "1971~".to_owned(),
            ..v1::PartialDate::default()
        }),
        place: "Port Hallow".to_owned(),
        phone: format!("phone of {letters}"),
        email: format!("{letters}@example.org"),
        note: format!("note on {letters}"),
        source: Some(v1::Source {
            document: "file 7".to_owned(),
            ..v1::Source::default()
        }),
        request_id: request_id(chance),
        ..v1::RecordConnectionRequest::default()
    };
    Write { request, kind }
}

/// A UUID.
pub fn request_id(chance: &mut ChaCha8Rng) -> String {
    let hex = format!("{:032x}", chance.random::<u128>());
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

/// The number as eight letters: no name is the beginning of another.
pub fn letters(mut number: u64) -> String {
    let mut letters = [b'a'; 8];
    for letter in letters.iter_mut().rev() {
        *letter = b'a' + (number % 26) as u8;
        number /= 26;
    }
    letters.iter().map(|&letter| char::from(letter)).collect()
}
