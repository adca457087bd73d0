//! PersonService: people by name or id, and what is recorded about them.

use super::answers::Answers;
use super::convert;
use super::convert::Locals;
use super::held_messages::HeldMessages;
use super::service::Service;
use super::v1;
use super::v1::person_service_server::PersonService;
use super::v1::stream_search_people_response::Part;
use super::v1::{
    BatchCreatePeopleRequest, BatchCreatePeopleResponse, CreatePersonRequest, CreatePersonResponse,
    GetPersonRequest, GetPersonResponse, ResolvePersonRequest, ResolvePersonResponse,
    SearchPeopleRequest, SearchPeopleResponse, StreamSearchPeopleComplete,
    StreamSearchPeopleRequest, StreamSearchPeopleResponse,
};
use crate::error::Error;
use crate::model::ids::{PersonId, PublicId, Revision, Subject, SubjectKind};
use crate::model::person::Gender;
use crate::store::Transaction;
use crate::workflow::{
    NewPerson, SearchPeople, SearchScope, SearchedName, Write, Written, create_people,
    list_statements, search_people, show_person,
};
use tonic::{Request, Response, Status};

const DEFAULT_FOUND: usize = 50;
const MOST_FOUND: usize = 500;
/// How many people one search can page through.
const MOST_IN_ALL: usize = 1000;
/// The most values in a list of a request.
const MOST_VALUES: usize = 20;
const MOST_IN_BATCH: usize = 200;
const LONGEST_LOCAL_ID: usize = 64;

impl Answers {
    /// Everything recorded of a person.
    pub(in crate::api) fn get_person(
        &self,
        request: &GetPersonRequest,
    ) -> Result<GetPersonResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let known_on = self.known_on(&request.known_on)?;
        let person = self.person("name", &request.name)?;
        let shown = self.person_known_on(person, known_on)?;
        Ok(GetPersonResponse {
            person: Some(self.masked(shown, request.read_mask.as_ref())?),
            revision,
        })
    }

    /// One page of the people found, the most probable first.
    pub(in crate::api) fn search_people(
        &self,
        request: &SearchPeopleRequest,
    ) -> Result<SearchPeopleResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let size = convert::page_size("page_size", request.page_size, DEFAULT_FOUND, MOST_FOUND)?;
        let asked = self.searched(request)?;
        let paging = self.question(&["search", &question_words(request)])?;
        let from = paging.position("page_token", &request.page_token)?;
        let first = from.map_or(0, |position| {
            usize::try_from(position[0]).unwrap_or(MOST_IN_ALL)
        });
        let last = first.saturating_add(size).min(MOST_IN_ALL);
        let scope = SearchScope {
            limit: (last + 1).min(MOST_IN_ALL),
            today: self.today,
        };
        let found = search_people(&self.store, &self.permit, &asked, scope)?;
        let last = last.min(found.len());
        let page = found.get(first..last).unwrap_or_default();
        let found_people: Vec<v1::FoundPerson> = page
            .iter()
            .map(|found| convert::found_person(found, self.today))
            .collect();
        Ok(SearchPeopleResponse {
            people: found_people
                .iter()
                .filter_map(|found| found.person.clone())
                .collect(),
            next_page_token: if last < found.len() {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
            revision,
            found: found_people,
        })
    }

    /// Everybody found, each a message, then the end.
    pub(in crate::api) fn stream_search_people(
        &self,
        request: &StreamSearchPeopleRequest,
    ) -> Result<Vec<StreamSearchPeopleResponse>, Error> {
        let Some(search) = &request.search else {
            return Err(Error::invalid("search", "needed: whom to look for"));
        };
        if search.page_size != 0 || !search.page_token.is_empty() {
            let reason = "a stream has no pages: leave them empty and give `limit`";
            return Err(Error::invalid("search.page_size", reason));
        }
        let limit = convert::page_size("limit", request.limit, DEFAULT_FOUND, MOST_IN_ALL)?;
        let revision = self.fresh(&search.at_least_revision)?;
        let asked = self.searched(search).map_err(in_search)?;
        let scope = SearchScope {
            limit: (limit + 1).min(MOST_IN_ALL),
            today: self.today,
        };
        let mut found = search_people(&self.store, &self.permit, &asked, scope)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let complete = Part::Complete(StreamSearchPeopleComplete {
            found_count: i32::try_from(found.len()).unwrap_or(i32::MAX),
            more,
            revision,
        });
        let found = found
            .iter()
            .map(|found| convert::found_person(found, self.today));
        let parts = found.map(Part::Found).chain([complete]);
        Ok(parts
            .map(|part| StreamSearchPeopleResponse { part: Some(part) })
            .collect())
    }

    /// What a request says of the person looked for.
    fn searched(&self, request: &SearchPeopleRequest) -> Result<SearchPeople, Error> {
        let one = |field: &str, value: &str| convert::text(field, value).map(str::to_owned);
        let many = |field: &str, values: &[String]| -> Result<Vec<String>, Error> {
            if values.len() > MOST_VALUES {
                return Err(Error::invalid(field, "at most 20"));
            }
            values.iter().map(|value| one(field, value)).collect()
        };
        let relative_of = match request.relative_of.trim() {
            "" => None,
            person => Some(self.person("relative_of", person)?),
        };
        let mentioned_in = match request.mentioned_in_case.trim() {
            "" => None,
            case => match self.resource(SubjectKind::Case, "mentioned_in_case", case)? {
                Subject::Case(case) => Some(case),
                _ => None,
            },
        };
        let asked = SearchPeople {
            text: one("query", &request.query)?,
            name: SearchedName {
                full: one("full_name", &request.full_name)?,
                given: one("given_names", &request.given_names)?,
                family: one("family_name", &request.family_name)?,
                birth_family: one("birth_family_name", &request.birth_family_name)?,
                others: many("other_names", &request.other_names)?,
            },
            birth: convert::read_date("birth", request.birth.clone())?,
            gender: convert::read_enum::<v1::Gender, Gender>("gender", request.gender)?,
            places: many("places", &request.places)?,
            nations: many("nations", &request.nations)?,
            relative_of,
            mentioned_in,
        };
        Ok(asked)
    }

    /// The person that a reference stands for.
    pub(in crate::api) fn resolve_person(
        &self,
        request: &ResolvePersonRequest,
    ) -> Result<ResolvePersonResponse, Error> {
        let person = self.person("reference", &request.reference)?;
        let record = show_person(&self.store, &self.permit, person, None, self.today)?;
        Ok(ResolvePersonResponse {
            person: Some(convert::person_summary(&record.person, self.today)),
        })
    }
}

/// Says that a field stands in the search of the request.
fn in_search(error: Error) -> Error {
    match error {
        Error::InvalidInput { field, reason } => Error::invalid(format!("search.{field}"), reason),
        other => other,
    }
}

impl Answers {
    /// Records a new person.
    pub(in crate::api) fn create_person(
        &self,
        request: &CreatePersonRequest,
    ) -> Result<CreatePersonResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.create_all(write, request.person.as_slice(), "person"),
        )?;
        let (mut people, revision) = self.people_created(written, 1)?;
        Ok(CreatePersonResponse {
            person: people.pop(),
            revision,
        })
    }

    /// Records new people with ties among them.
    pub(in crate::api) fn batch_create_people(
        &self,
        request: &BatchCreatePeopleRequest,
    ) -> Result<BatchCreatePeopleResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.create_all(write, &request.people, "people"),
        )?;
        let (people, revision) = self.people_created(written, request.people.len())?;
        Ok(BatchCreatePeopleResponse { people, revision })
    }

    fn create_all(
        &self,
        write: &Write,
        people: &[v1::NewPerson],
        field: &str,
    ) -> Result<Option<Written>, Error> {
        if !(1..=MOST_IN_BATCH).contains(&people.len()) {
            return Err(Error::invalid(field, "needed: 1 to 200 people"));
        }
        let locals = locals(people)?;
        let mut new = Vec::with_capacity(people.len());
        for (position, person) in people.iter().enumerate() {
            let at = match field {
                "people" => format!("people[{position}]"),
                field => field.to_owned(),
            };
            let external_id = format!("{at}.external_id");
            let mut statements = Vec::with_capacity(person.statements.len());
            for (number, statement) in person.statements.iter().enumerate() {
                let at = format!("{at}.statements[{number}]");
                statements.push(convert::read_statement(self, &locals, &at, statement)?);
            }
            new.push(NewPerson {
                external_id: convert::read_external_id(&external_id, &person.external_id)?,
                statements,
            });
        }
        create_people(&self.store, &self.permit, write, new)
    }

    /// The people that a commit made, as they were then.
    fn people_created(
        &self,
        written: Option<Written>,
        count: usize,
    ) -> Result<(Vec<v1::Person>, String), Error> {
        let Some(written) = written else {
            return Ok((Vec::new(), String::new()));
        };
        let made = written.subjects.iter().take(count);
        let people: Result<Vec<v1::Person>, Error> = made
            .map(|made| self.person_then(made, written.revision))
            .collect();
        Ok((people?, convert::revision_text(written.revision)))
    }

    fn person_then(
        &self,
        (subject, _): &(Subject, PublicId),
        revision: Revision,
    ) -> Result<v1::Person, Error> {
        let person = PersonId(subject.number());
        self.person_known_on(person, Some(revision))
    }

    /// Everything recorded of a person: their own statements as values and in words, then the mirrors of ties that
    /// stand with their other end, in words.
    fn person_known_on(
        &self,
        person: PersonId,
        known_on: Option<Revision>,
    ) -> Result<v1::Person, Error> {
        let record = show_person(&self.store, &self.permit, person, known_on, self.today)?;
        let own = list_statements(
            &self.store,
            &self.permit,
            Subject::Person(person),
            known_on,
            &|_| true,
            (0, usize::MAX),
        )?;
        let mut shown = convert::person_record(&record, self.today);
        let own = own
            .statements
            .iter()
            .map(|recorded| convert::statement(&own, recorded));
        let own_count = record.own_count.min(shown.statements.len());
        shown.statements.splice(..own_count, own);
        for other in record.other_records {
            shown.statements.extend(self.of_record(other)?);
        }
        Ok(shown)
    }
}

impl Answers {
    /// What another record of the same person says. Every statement tells which record it stands in.
    fn of_record(&self, record: PersonId) -> Result<Vec<v1::Statement>, Error> {
        let shown = show_person(&self.store, &self.permit, record, None, self.today)?;
        let own = list_statements(
            &self.store,
            &self.permit,
            Subject::Person(record),
            None,
            &|_| true,
            (0, usize::MAX),
        )?;
        let mut statements = convert::person_record(&shown, self.today).statements;
        let said = own.statements.iter();
        let said = said.map(|recorded| convert::statement(&own, recorded));
        let own_count = shown.own_count.min(statements.len());
        statements.splice(..own_count, said);
        let subject = convert::name_of(&own, Subject::Person(record));
        for statement in &mut statements {
            statement.subject.clone_from(&subject);
        }
        Ok(statements)
    }
}

/// A page token holds for one question: everything asked but the page.
fn question_words(request: &SearchPeopleRequest) -> String {
    let question = SearchPeopleRequest {
        page_size: 0,
        page_token: String::new(),
        at_least_revision: String::new(),
        ..request.clone()
    };
    format!("{question:?}")
}

/// What stands for each person that has a word of its own.
fn locals(people: &[v1::NewPerson]) -> Result<Locals, Error> {
    let mut locals = Locals::new();
    for (position, person) in people.iter().enumerate() {
        let word = person.local_id.as_str();
        if word.is_empty() {
            continue;
        }
        let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_');
        let field = format!("people[{position}].local_id");
        if word.len() > LONGEST_LOCAL_ID || !word.bytes().all(is_plain) {
            return Err(Error::invalid(
                field,
                "must be at most 64 letters, digits, hyphens and underscores",
            ));
        }
        let subject = Transaction::new_subject_at(SubjectKind::Person, position);
        let person = PersonId(subject.number());
        if locals.insert(word.to_owned(), person).is_some() {
            return Err(Error::invalid(field, "stands twice"));
        }
    }
    Ok(locals)
}

#[tonic::async_trait]
impl PersonService for Service {
    async fn get_person(
        &self,
        request: Request<GetPersonRequest>,
    ) -> Result<Response<GetPersonResponse>, Status> {
        self.answer("GetPerson", request, |answers, request| {
            answers.get_person(request)
        })
        .await
    }

    async fn search_people(
        &self,
        request: Request<SearchPeopleRequest>,
    ) -> Result<Response<SearchPeopleResponse>, Status> {
        self.answer("SearchPeople", request, |answers, request| {
            answers.search_people(request)
        })
        .await
    }

    type StreamSearchPeopleStream = HeldMessages<StreamSearchPeopleResponse>;

    async fn stream_search_people(
        &self,
        request: Request<StreamSearchPeopleRequest>,
    ) -> Result<Response<HeldMessages<StreamSearchPeopleResponse>>, Status> {
        let room = self.room();
        self.answer("StreamSearchPeople", request, move |answers, request| {
            room.hold(answers.stream_search_people(request)?)
        })
        .await
    }

    async fn resolve_person(
        &self,
        request: Request<ResolvePersonRequest>,
    ) -> Result<Response<ResolvePersonResponse>, Status> {
        self.answer("ResolvePerson", request, |answers, request| {
            answers.resolve_person(request)
        })
        .await
    }

    async fn create_person(
        &self,
        request: Request<CreatePersonRequest>,
    ) -> Result<Response<CreatePersonResponse>, Status> {
        self.answer("CreatePerson", request, |answers, request| {
            answers.create_person(request)
        })
        .await
    }

    async fn batch_create_people(
        &self,
        request: Request<BatchCreatePeopleRequest>,
    ) -> Result<Response<BatchCreatePeopleResponse>, Status> {
        self.answer("BatchCreatePeople", request, |answers, request| {
            answers.batch_create_people(request)
        })
        .await
    }
}
