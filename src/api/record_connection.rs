//! ConnectionService: takes down the people found for a child.

use super::answers::{Answers, read_request_id};
use super::convert;
use super::service::Service;
use super::v1;
use super::v1::connection_service_server::ConnectionService;
use super::v1::{RecordConnectionRequest, RecordConnectionResponse};
use crate::error::Error;
use crate::workflow::{RecordConnection, RecordedConnection, record_connection};
use tonic::{Request, Response, Status};

impl Answers {
    /// Records one person found for a child, or tells how the request would be understood.
    pub(in crate::api) fn record_connection(
        &self,
        request: &RecordConnectionRequest,
    ) -> Result<RecordConnectionResponse, Error> {
        let connection = self.connection(request)?;
        let recorded = record_connection(&self.store, &self.permit, &connection)?;
        Ok(self.told(&recorded, request.validate_only))
    }

    /// The request as the workflow takes it.
    fn connection(&self, request: &RecordConnectionRequest) -> Result<RecordConnection, Error> {
        let text = |field: &str, value: &str| convert::text(field, value).map(str::to_owned);
        let relation = text("relation", &request.relation)?;
        if relation.is_empty() {
            return Err(Error::invalid(
                "relation",
                "needed: what the person is to the child, as in \"mother's brother\"",
            ));
        }
        Ok(RecordConnection {
            relation,
            side: convert::read_enum::<v1::Side, _>("side", request.side)?,
            name: text("name_as_written", &request.name_as_written)?,
            gender: convert::read_enum::<v1::Gender, _>("gender", request.gender)?,
            birth: convert::read_date("birth", request.birth.clone())?,
            dead: request.dead,
            place: text("place", &request.place)?,
            nation: text("nation", &request.nation)?,
            phone: text("phone", &request.phone)?,
            email: text("email", &request.email)?,
            note: text("note", &request.note)?,
            certainty: convert::read_enum::<v1::Certainty, _>("certainty", request.certainty)?,
            source: convert::read_source("source", request.source.clone())?,
            choice: text("choice", &request.choice)?,
            request_id: read_request_id(&request.request_id, request.validate_only)?,
            validate_only: request.validate_only,
            today: self.today,
            child: self.person("child", &request.child)?,
        })
    }

    fn told(&self, recorded: &RecordedConnection, validate_only: bool) -> RecordConnectionResponse {
        RecordConnectionResponse {
            person: recorded
                .person
                .as_ref()
                .map(|person| convert::person_summary(person, self.today)),
            relation: recorded.relation.clone(),
            conclusions: recorded
                .conclusions
                .iter()
                .map(|conclusion| conclusion.words.clone())
                .collect(),
            placeholders: recorded
                .placeholders
                .iter()
                .map(|person| convert::person_summary(person, self.today))
                .collect(),
            revision: if validate_only {
                String::new()
            } else {
                convert::revision_text(recorded.revision)
            },
        }
    }
}

#[tonic::async_trait]
impl ConnectionService for Service {
    async fn record_connection(
        &self,
        request: Request<RecordConnectionRequest>,
    ) -> Result<Response<RecordConnectionResponse>, Status> {
        self.answer("RecordConnection", request, |answers, request| {
            answers.record_connection(request)
        })
        .await
    }
}
