//! StatementService: what is said of people and cases.

use super::answers::Answers;
use super::convert;
use super::convert::{FACT_FIELDS, Locals, fact_field};
use super::mask;
use super::service::Service;
use super::v1;
use super::v1::statement_service_server::StatementService;
use crate::error::Error;
use crate::model::ids::{PublicId, Subject, SubjectKind};
use crate::workflow::{
    Recordings, Target, Written, correct_statement, list_statements, list_ties, record_statements,
    retract_statement, statement_versions, statements_of_commit,
};
use tonic::{Request, Response, Status};

const DEFAULT_PAGE: usize = 50;
const MOST_ON_PAGE: usize = 500;
const MOST_IN_BATCH: usize = 200;

/// What of a statement cannot be changed by an update.
const FIXED: [&str; 7] = [
    "name",
    "kind",
    "words",
    "etag",
    "retracted",
    "recorded_in",
    "subject",
];

impl Answers {
    /// Adds a statement.
    pub(in crate::api) fn create_statement(
        &self,
        request: &v1::CreateStatementRequest,
    ) -> Result<v1::CreateStatementResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                let subject = self.said_of("parent", &request.parent)?;
                let statement = request.statement.clone().unwrap_or_default();
                let input = convert::read_statement(self, &Locals::new(), "statement", &statement)?;
                record_statements(&self.store, &self.permit, write, subject, vec![input])
            },
        )?;
        let (mut statements, revision) = self.written_about("parent", &request.parent, written)?;
        Ok(v1::CreateStatementResponse {
            statement: statements.pop(),
            revision,
        })
    }

    /// Adds several statements about one person or case.
    pub(in crate::api) fn batch_create_statements(
        &self,
        request: &v1::BatchCreateStatementsRequest,
    ) -> Result<v1::BatchCreateStatementsResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                let subject = self.said_of("parent", &request.parent)?;
                let count = request.statements.len();
                if !(1..=MOST_IN_BATCH).contains(&count) {
                    return Err(Error::invalid("statements", "must be 1 to 200"));
                }
                let mut inputs = Vec::with_capacity(count);
                for (position, statement) in request.statements.iter().enumerate() {
                    let field = format!("statements[{position}]");
                    inputs.push(convert::read_statement(
                        self,
                        &Locals::new(),
                        &field,
                        statement,
                    )?);
                }
                record_statements(&self.store, &self.permit, write, subject, inputs)
            },
        )?;
        let (statements, revision) = self.written_about("parent", &request.parent, written)?;
        Ok(v1::BatchCreateStatementsResponse {
            statements,
            revision,
        })
    }

    /// The present version of a statement.
    pub(in crate::api) fn get_statement(
        &self,
        request: &v1::GetStatementRequest,
    ) -> Result<v1::GetStatementResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let (subject, id) = self.statement_named("name", &request.name)?;
        let versions = statement_versions(&self.store, &self.permit, subject, id)?;
        let latest = versions.statements.last();
        let statement = latest.map(|latest| convert::statement(&versions, latest));
        Ok(v1::GetStatementResponse {
            statement: statement
                .map(|statement| self.masked(statement, request.read_mask.as_ref()))
                .transpose()?,
            revision,
        })
    }

    /// One page of the statements that stand.
    pub(in crate::api) fn list_statements(
        &self,
        request: &v1::ListStatementsRequest,
    ) -> Result<v1::ListStatementsResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let subject = self.said_of("parent", &request.parent)?;
        for (position, kind) in request.kinds.iter().enumerate() {
            if !FACT_FIELDS.contains(&kind.as_str()) {
                let field = format!("kinds[{position}]");
                return Err(Error::invalid(field, "is not a field of Fact"));
            }
        }
        let known_on = self.known_on(&request.known_on)?;
        let size = page_size(request.page_size)?;
        let mut parts = vec!["statements", &request.parent, &request.known_on];
        parts.extend(request.kinds.iter().map(String::as_str));
        let paging = self.question(&parts)?;
        let from = paging.position("page_token", &request.page_token)?;
        let after = from.map_or(0, |position| position[0]);
        let wanted = |fact: &crate::model::statement::Fact| {
            fact_field(fact).is_some_and(|field| {
                request.kinds.is_empty() || request.kinds.iter().any(|kind| kind == field)
            })
        };
        let mut found = list_statements(
            &self.store,
            &self.permit,
            subject,
            known_on,
            &wanted,
            (after, size + 1),
        )?;
        let more = found.statements.len() > size;
        found.statements.truncate(size);
        let last = found.statements.last().filter(|_| more);
        Ok(v1::ListStatementsResponse {
            next_page_token: last.map_or_else(String::new, |last| {
                paging.token([last.statement.id.0, 0, 0])
            }),
            statements: masked(self, &found, request.read_mask.as_ref())?,
            revision,
        })
    }

    /// One page of the ties of a person, nation or household.
    pub(in crate::api) fn list_ties(
        &self,
        request: &v1::ListTiesRequest,
    ) -> Result<v1::ListTiesResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let kinds = [
            SubjectKind::Person,
            SubjectKind::Nation,
            SubjectKind::Household,
        ];
        let of = self.any_resource("parent", &request.parent, &kinds)?;
        let size = page_size(request.page_size)?;
        let paging = self.question(&["ties", &request.parent])?;
        let from = paging.position("page_token", &request.page_token)?;
        let (found, next) = list_ties(
            &self.store,
            &self.permit,
            of,
            from.unwrap_or_default(),
            size,
        )?;
        Ok(v1::ListTiesResponse {
            ties: masked(self, &found, request.read_mask.as_ref())?,
            next_page_token: next.map_or_else(String::new, |next| paging.token(next)),
            revision,
        })
    }

    /// Corrects a statement.
    pub(in crate::api) fn update_statement(
        &self,
        request: &v1::UpdateStatementRequest,
    ) -> Result<v1::UpdateStatementResponse, Error> {
        let given = request.statement.clone().unwrap_or_default();
        let (subject, id) = self.statement_named("statement.name", &given.name)?;
        let target = Target {
            subject,
            statement: id,
            etag: given.etag.clone(),
        };
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                let change = |present: &Recordings| {
                    let shown = present.statements.first();
                    let shown = shown.map(|shown| convert::statement(present, shown));
                    let changed = mask::overlay(
                        &shown.unwrap_or_default(),
                        &given,
                        request.update_mask.as_ref(),
                        &FIXED,
                    )?;
                    convert::read_statement(self, &Locals::new(), "statement", &changed)
                };
                correct_statement(&self.store, &self.permit, write, &target, &change)
            },
        )?;
        let (mut statements, revision) = self.written(subject, written)?;
        Ok(v1::UpdateStatementResponse {
            statement: statements.pop(),
            revision,
        })
    }

    /// Withdraws a statement.
    pub(in crate::api) fn retract_statement(
        &self,
        request: &v1::RetractStatementRequest,
    ) -> Result<v1::RetractStatementResponse, Error> {
        let (subject, id) = self.statement_named("name", &request.name)?;
        let target = Target {
            subject,
            statement: id,
            etag: request.etag.clone(),
        };
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| retract_statement(&self.store, &self.permit, write, &target),
        )?;
        let (mut statements, revision) = self.written(subject, written)?;
        Ok(v1::RetractStatementResponse {
            statement: statements.pop(),
            revision,
        })
    }

    /// One page of the versions of a statement.
    pub(in crate::api) fn list_statement_versions(
        &self,
        request: &v1::ListStatementVersionsRequest,
    ) -> Result<v1::ListStatementVersionsResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let (subject, id) = self.statement_named("name", &request.name)?;
        let size = page_size(request.page_size)?;
        let paging = self.question(&["versions", &request.name])?;
        let from = paging.position("page_token", &request.page_token)?;
        let first = from.map_or(0, |position| position[0]);
        let skipped = usize::try_from(first).unwrap_or(usize::MAX);
        let versions = statement_versions(&self.store, &self.permit, subject, id)?;
        let page: Vec<v1::Statement> = versions
            .statements
            .iter()
            .skip(skipped)
            .take(size)
            .map(|version| convert::statement(&versions, version))
            .collect();
        let shown = skipped.saturating_add(page.len());
        Ok(v1::ListStatementVersionsResponse {
            versions: page,
            next_page_token: if shown < versions.statements.len() {
                paging.token([shown as u64, 0, 0])
            } else {
                String::new()
            },
            revision,
        })
    }

    /// The person or case that a field of a request stands for.
    fn said_of(&self, field: &str, value: &str) -> Result<Subject, Error> {
        self.any_resource(field, value, &[SubjectKind::Person, SubjectKind::Case])
    }

    /// The statement that a resource name stands for.
    fn statement_named(&self, field: &str, name: &str) -> Result<(Subject, PublicId), Error> {
        let parts = convert::text(field, name)?.split_once("/statements/");
        let (parent, id) = parts.ok_or_else(|| {
            Error::invalid(field, "needed: `people/{id}/statements/{id}`, or of a case")
        })?;
        let subject = self.said_of(field, parent)?;
        let id = id.parse::<PublicId>().map_err(|_| Error::NotFound {
            what: "statement",
            name: name.to_owned(),
        })?;
        Ok((subject, id))
    }

    /// What was written about a parent, and the revision; nothing after a trial.
    fn written_about(
        &self,
        field: &str,
        parent: &str,
        written: Option<Written>,
    ) -> Result<(Vec<v1::Statement>, String), Error> {
        match written {
            Some(written) => self.written(self.said_of(field, parent)?, Some(written)),
            None => Ok((Vec::new(), String::new())),
        }
    }

    /// What was written about a subject, as it was then, and the revision; nothing after a trial.
    pub(super) fn written(
        &self,
        subject: Subject,
        written: Option<Written>,
    ) -> Result<(Vec<v1::Statement>, String), Error> {
        let Some(written) = written else {
            return Ok((Vec::new(), String::new()));
        };
        let recordings = statements_of_commit(
            &self.store,
            &self.permit,
            subject,
            written.revision,
            &written.statements,
        )?;
        let statements = recordings.statements.iter();
        Ok((
            statements
                .map(|recorded| convert::statement(&recordings, recorded))
                .collect(),
            convert::revision_text(written.revision),
        ))
    }
}

/// The size of a page of a list.
pub(super) fn page_size(asked: i32) -> Result<usize, Error> {
    convert::page_size("page_size", asked, DEFAULT_PAGE, MOST_ON_PAGE)
}

fn masked(
    answers: &Answers,
    found: &Recordings,
    mask: Option<&pbjson_types::FieldMask>,
) -> Result<Vec<v1::Statement>, Error> {
    mask::check_read::<v1::Statement>(mask)?;
    let statements = found.statements.iter();
    statements
        .map(|recorded| answers.masked(convert::statement(found, recorded), mask))
        .collect()
}

#[tonic::async_trait]
impl StatementService for Service {
    async fn create_statement(
        &self,
        request: Request<v1::CreateStatementRequest>,
    ) -> Result<Response<v1::CreateStatementResponse>, Status> {
        self.answer("CreateStatement", request, |answers, request| {
            answers.create_statement(request)
        })
        .await
    }

    async fn batch_create_statements(
        &self,
        request: Request<v1::BatchCreateStatementsRequest>,
    ) -> Result<Response<v1::BatchCreateStatementsResponse>, Status> {
        self.answer("BatchCreateStatements", request, |answers, request| {
            answers.batch_create_statements(request)
        })
        .await
    }

    async fn get_statement(
        &self,
        request: Request<v1::GetStatementRequest>,
    ) -> Result<Response<v1::GetStatementResponse>, Status> {
        self.answer("GetStatement", request, |answers, request| {
            answers.get_statement(request)
        })
        .await
    }

    async fn list_statements(
        &self,
        request: Request<v1::ListStatementsRequest>,
    ) -> Result<Response<v1::ListStatementsResponse>, Status> {
        self.answer("ListStatements", request, |answers, request| {
            answers.list_statements(request)
        })
        .await
    }

    async fn list_ties(
        &self,
        request: Request<v1::ListTiesRequest>,
    ) -> Result<Response<v1::ListTiesResponse>, Status> {
        self.answer("ListTies", request, |answers, request| {
            answers.list_ties(request)
        })
        .await
    }

    async fn update_statement(
        &self,
        request: Request<v1::UpdateStatementRequest>,
    ) -> Result<Response<v1::UpdateStatementResponse>, Status> {
        self.answer("UpdateStatement", request, |answers, request| {
            answers.update_statement(request)
        })
        .await
    }

    async fn retract_statement(
        &self,
        request: Request<v1::RetractStatementRequest>,
    ) -> Result<Response<v1::RetractStatementResponse>, Status> {
        self.answer("RetractStatement", request, |answers, request| {
            answers.retract_statement(request)
        })
        .await
    }

    async fn list_statement_versions(
        &self,
        request: Request<v1::ListStatementVersionsRequest>,
    ) -> Result<Response<v1::ListStatementVersionsResponse>, Status> {
        self.answer("ListStatementVersions", request, |answers, request| {
            answers.list_statement_versions(request)
        })
        .await
    }
}
