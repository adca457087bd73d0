//! PersonService: people by name or id, and what is recorded about them.

use super::answers::Answers;
use super::convert;
use super::page_token::Question;
use super::service::Service;
use super::v1::person_service_server::PersonService;
use super::v1::{
    GetPersonRequest, GetPersonResponse, ResolvePersonRequest, ResolvePersonResponse,
    SearchPeopleRequest, SearchPeopleResponse,
};
use crate::error::Error;
use crate::workflow::{SearchPeople, search_people, show_person};
use tonic::{Request, Response, Status};

const DEFAULT_FOUND: usize = 50;
const MOST_FOUND: usize = 500;
/// How many people one search can page through.
const MOST_IN_ALL: usize = 1000;

impl Answers {
    /// Everything recorded of a person.
    pub fn get_person(&self, request: &GetPersonRequest) -> Result<GetPersonResponse, Error> {
        let known_on = convert::read_revision("known_on", &request.known_on)?;
        let person = self.person("name", &request.name)?;
        let record = show_person(&self.store, &self.permit, person, known_on, self.today)?;
        Ok(GetPersonResponse {
            person: Some(convert::person_record(&record, self.today)),
        })
    }

    /// One page of the people whose names begin with a text.
    pub fn search_people(
        &self,
        request: &SearchPeopleRequest,
    ) -> Result<SearchPeopleResponse, Error> {
        let name = convert::text("query", &request.query)?;
        if name.is_empty() {
            return Err(Error::invalid("query", "needed: the beginning of a name"));
        }
        let size = convert::page_size("page_size", request.page_size, DEFAULT_FOUND, MOST_FOUND)?;
        let paging = Question::new(&["search", name]);
        let first = paging.position("page_token", &request.page_token)?;
        let last = first.saturating_add(size).min(MOST_IN_ALL);
        let question = SearchPeople {
            name: name.to_owned(),
            limit: (last + 1).min(MOST_IN_ALL),
            today: self.today,
        };
        let found = search_people(&self.store, &self.permit, &question)?;
        let last = last.min(found.len());
        let page = found.get(first..last).unwrap_or_default();
        Ok(SearchPeopleResponse {
            people: page
                .iter()
                .map(|person| convert::person_summary(person, self.today))
                .collect(),
            next_page_token: if last < found.len() {
                paging.token(last)
            } else {
                String::new()
            },
        })
    }

    /// The person that a reference stands for.
    pub fn resolve_person(
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

    async fn resolve_person(
        &self,
        request: Request<ResolvePersonRequest>,
    ) -> Result<Response<ResolvePersonResponse>, Status> {
        self.answer("ResolvePerson", request, |answers, request| {
            answers.resolve_person(request)
        })
        .await
    }
}
