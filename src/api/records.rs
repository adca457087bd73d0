//! CaseService, NationService, WaitingFamilyService, HouseholdService: resources that one statement says as a whole.
//! What they have in common stands first.

use super::answers::Answers;
use super::convert;
use super::convert::{Record, read_source, resource_name};
use super::mask;
use super::service::Service;
use super::statements::page_size;
use super::v1;
use super::v1::case_service_server::CaseService;
use super::v1::household_service_server::HouseholdService;
use super::v1::nation_service_server::NationService;
use super::v1::waiting_family_service_server::WaitingFamilyService;
use crate::error::Error;
use crate::model::ids::Revision;
use crate::model::statement::Fact;
use crate::names::normalize::fold;
use crate::store::StatementDraft;
use crate::workflow::{
    Recorded, Recordings, StatementInput, Write, Written, create_record, list_records, record_of,
    show_record, update_record,
};
use pbjson_types::FieldMask;
use tonic::{Request, Response, Status};

/// What of a record an update cannot change.
const FIXED: [&str; 2] = ["name", "etag"];

/// Which page of a list.
struct Asked<'a> {
    /// What makes the question, for its page tokens.
    parts: &'a [&'a str],
    size: i32,
    token: &'a str,
    mask: Option<&'a FieldMask>,
}

impl Answers {
    fn create<R: Record>(
        &self,
        write: &Write,
        field: &str,
        given: Option<&R>,
        external_id: &str,
    ) -> Result<Option<Written>, Error> {
        let given = given.ok_or_else(|| Error::invalid(field, "needed"))?;
        let input = self.input(field, given)?;
        let external_id = convert::read_external_id("external_id", external_id)?;
        create_record(
            &self.store,
            &self.permit,
            write,
            R::KIND,
            external_id,
            input,
        )
    }

    fn created<R: Record>(&self, written: Option<Written>) -> Result<(Option<R>, String), Error> {
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let (_, id) = written.subjects.first().ok_or_else(|| Error::Internal {
            detail: "nothing was created".to_owned(),
        })?;
        let name = resource_name(R::KIND, *id);
        let record = self.show("name", &name, Some(written.revision))?;
        Ok((Some(record), convert::revision_text(written.revision)))
    }

    fn update<R: Record>(
        &self,
        write: &Write,
        field: &str,
        given: &R,
        mask: Option<&FieldMask>,
    ) -> Result<Option<Written>, Error> {
        let subject = self.resource(R::KIND, &format!("{field}.name"), given.name())?;
        let change = |present: &Recordings| {
            let recorded = record_of(present)?;
            let shown: R = shown(present, recorded)?;
            let changed = mask::overlay(&shown, given, mask, &FIXED)?;
            let mut input = self.input(field, &changed)?;
            input.draft.seal = recorded.statement.evidence.seal;
            Ok(input)
        };
        update_record(
            &self.store,
            &self.permit,
            write,
            subject,
            given.etag(),
            &change,
        )
    }

    fn updated<R: Record>(
        &self,
        field: &str,
        given: &R,
        written: Option<Written>,
    ) -> Result<(Option<R>, String), Error> {
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let record = self.show(field, given.name(), Some(written.revision))?;
        Ok((Some(record), convert::revision_text(written.revision)))
    }

    fn show<R: Record>(
        &self,
        field: &str,
        name: &str,
        known_on: Option<Revision>,
    ) -> Result<R, Error> {
        let subject = self.resource(R::KIND, field, name)?;
        let recordings = show_record(&self.store, &self.permit, subject, known_on)?;
        shown(&recordings, record_of(&recordings)?)
    }

    fn list_of<R: Record>(
        &self,
        asked: &Asked<'_>,
        wanted: &dyn Fn(&Fact) -> bool,
    ) -> Result<(Vec<R>, String), Error> {
        mask::check_read::<R>(asked.mask)?;
        let size = page_size(asked.size)?;
        let paging = self.question(asked.parts)?;
        let from = paging.position("page_token", asked.token)?;
        let after = from.map_or(0, |position| position[0]);
        let (found, next) =
            list_records(&self.store, &self.permit, R::KIND, wanted, (after, size))?;
        let mut records = Vec::with_capacity(found.statements.len());
        for recorded in &found.statements {
            records.push(mask::only(shown(&found, recorded)?, asked.mask)?);
        }
        let next = next.map_or_else(String::new, |next| paging.token([next, 0, 0]));
        Ok((records, next))
    }

    fn input<R: Record>(&self, field: &str, record: &R) -> Result<StatementInput, Error> {
        let (fact, place) = record.read(self, field)?;
        let source = read_source(&format!("{field}.source"), record.source())?;
        Ok(StatementInput {
            draft: StatementDraft::new(fact, source),
            place,
        })
    }
}

/// A record as a message.
fn shown<R: Record>(recordings: &Recordings, recorded: &Recorded) -> Result<R, Error> {
    let record = R::show(recordings, &recorded.statement.fact);
    let mut record = record.ok_or_else(|| Error::Internal {
        detail: "a record says something else".to_owned(),
    })?;
    record.complete(
        convert::name_of(recordings, recorded.subject),
        recorded.etag.clone(),
        convert::source(&recorded.source),
    );
    Ok(record)
}

impl Answers {
    /// Records a case.
    pub fn create_case(
        &self,
        request: &v1::CreateCaseRequest,
    ) -> Result<v1::CreateCaseResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.create(write, "case", request.case.as_ref(), &request.external_id),
        )?;
        let (case, revision) = self.created(written)?;
        Ok(v1::CreateCaseResponse { case, revision })
    }

    /// Shows a case.
    pub fn get_case(&self, request: &v1::GetCaseRequest) -> Result<v1::GetCaseResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let case: v1::Case = self.show("name", &request.name, None)?;
        Ok(v1::GetCaseResponse {
            case: Some(mask::only(case, request.read_mask.as_ref())?),
            revision,
        })
    }

    /// One page of cases.
    pub fn list_cases(
        &self,
        request: &v1::ListCasesRequest,
    ) -> Result<v1::ListCasesResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let child = match request.child.as_str() {
            "" => None,
            child => Some(self.person("child", child)?),
        };
        let wanted = |fact: &Fact| match fact {
            Fact::Case(case) => {
                (case.active || request.include_closed) && child.is_none_or(|c| c == case.child)
            }
            _ => false,
        };
        let closed = if request.include_closed {
            "all"
        } else {
            "open"
        };
        let parts = ["cases", &request.child, closed];
        let page = Asked {
            parts: &parts,
            size: request.page_size,
            token: &request.page_token,
            mask: request.read_mask.as_ref(),
        };
        let (cases, next_page_token) = self.list_of(&page, &wanted)?;
        Ok(v1::ListCasesResponse {
            cases,
            next_page_token,
            revision,
        })
    }

    /// Changes a case.
    pub fn update_case(
        &self,
        request: &v1::UpdateCaseRequest,
    ) -> Result<v1::UpdateCaseResponse, Error> {
        let given = request.case.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.update(write, "case", &given, mask),
        )?;
        let (case, revision) = self.updated("case.name", &given, written)?;
        Ok(v1::UpdateCaseResponse { case, revision })
    }
}

#[tonic::async_trait]
impl CaseService for Service {
    async fn create_case(
        &self,
        request: Request<v1::CreateCaseRequest>,
    ) -> Result<Response<v1::CreateCaseResponse>, Status> {
        self.answer("CreateCase", request, |answers, request| {
            answers.create_case(request)
        })
        .await
    }

    async fn get_case(
        &self,
        request: Request<v1::GetCaseRequest>,
    ) -> Result<Response<v1::GetCaseResponse>, Status> {
        self.answer("GetCase", request, |answers, request| {
            answers.get_case(request)
        })
        .await
    }

    async fn list_cases(
        &self,
        request: Request<v1::ListCasesRequest>,
    ) -> Result<Response<v1::ListCasesResponse>, Status> {
        self.answer("ListCases", request, |answers, request| {
            answers.list_cases(request)
        })
        .await
    }

    async fn update_case(
        &self,
        request: Request<v1::UpdateCaseRequest>,
    ) -> Result<Response<v1::UpdateCaseResponse>, Status> {
        self.answer("UpdateCase", request, |answers, request| {
            answers.update_case(request)
        })
        .await
    }
}

impl Answers {
    /// Records a nation.
    pub fn create_nation(
        &self,
        request: &v1::CreateNationRequest,
    ) -> Result<v1::CreateNationResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                self.create(
                    write,
                    "nation",
                    request.nation.as_ref(),
                    &request.external_id,
                )
            },
        )?;
        let (nation, revision) = self.created(written)?;
        Ok(v1::CreateNationResponse { nation, revision })
    }

    /// Shows a nation.
    pub fn get_nation(
        &self,
        request: &v1::GetNationRequest,
    ) -> Result<v1::GetNationResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let nation: v1::Nation = self.show("name", &request.name, None)?;
        Ok(v1::GetNationResponse {
            nation: Some(mask::only(nation, request.read_mask.as_ref())?),
            revision,
        })
    }

    /// One page of nations.
    pub fn list_nations(
        &self,
        request: &v1::ListNationsRequest,
    ) -> Result<v1::ListNationsResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let named = fold(convert::text("named", &request.named)?);
        let wanted = |fact: &Fact| match fact {
            Fact::Nation(nation) => {
                let mut names = std::iter::once(&nation.name).chain(&nation.other_names);
                named.is_empty() || names.any(|name| fold(name) == named)
            }
            _ => false,
        };
        let parts = ["nations", &request.named];
        let page = Asked {
            parts: &parts,
            size: request.page_size,
            token: &request.page_token,
            mask: request.read_mask.as_ref(),
        };
        let (nations, next_page_token) = self.list_of(&page, &wanted)?;
        Ok(v1::ListNationsResponse {
            nations,
            next_page_token,
            revision,
        })
    }

    /// Changes a nation.
    pub fn update_nation(
        &self,
        request: &v1::UpdateNationRequest,
    ) -> Result<v1::UpdateNationResponse, Error> {
        let given = request.nation.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.update(write, "nation", &given, mask),
        )?;
        let (nation, revision) = self.updated("nation.name", &given, written)?;
        Ok(v1::UpdateNationResponse { nation, revision })
    }
}

#[tonic::async_trait]
impl NationService for Service {
    async fn create_nation(
        &self,
        request: Request<v1::CreateNationRequest>,
    ) -> Result<Response<v1::CreateNationResponse>, Status> {
        self.answer("CreateNation", request, |answers, request| {
            answers.create_nation(request)
        })
        .await
    }

    async fn get_nation(
        &self,
        request: Request<v1::GetNationRequest>,
    ) -> Result<Response<v1::GetNationResponse>, Status> {
        self.answer("GetNation", request, |answers, request| {
            answers.get_nation(request)
        })
        .await
    }

    async fn list_nations(
        &self,
        request: Request<v1::ListNationsRequest>,
    ) -> Result<Response<v1::ListNationsResponse>, Status> {
        self.answer("ListNations", request, |answers, request| {
            answers.list_nations(request)
        })
        .await
    }

    async fn update_nation(
        &self,
        request: Request<v1::UpdateNationRequest>,
    ) -> Result<Response<v1::UpdateNationResponse>, Status> {
        self.answer("UpdateNation", request, |answers, request| {
            answers.update_nation(request)
        })
        .await
    }

    async fn resolve_nation(
        &self,
        request: Request<v1::ResolveNationRequest>,
    ) -> Result<Response<v1::ResolveNationResponse>, Status> {
        self.answer("ResolveNation", request, |answers, request| {
            answers.resolve_nation(request)
        })
        .await
    }
}

impl Answers {
    /// Records a waiting family.
    pub fn create_waiting_family(
        &self,
        request: &v1::CreateWaitingFamilyRequest,
    ) -> Result<v1::CreateWaitingFamilyResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                self.create(
                    write,
                    "waiting_family",
                    request.waiting_family.as_ref(),
                    &request.external_id,
                )
            },
        )?;
        let (waiting_family, revision) = self.created(written)?;
        Ok(v1::CreateWaitingFamilyResponse {
            waiting_family,
            revision,
        })
    }

    /// Shows a waiting family.
    pub fn get_waiting_family(
        &self,
        request: &v1::GetWaitingFamilyRequest,
    ) -> Result<v1::GetWaitingFamilyResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let waiting_family: v1::WaitingFamily = self.show("name", &request.name, None)?;
        Ok(v1::GetWaitingFamilyResponse {
            waiting_family: Some(mask::only(waiting_family, request.read_mask.as_ref())?),
            revision,
        })
    }

    /// One page of waiting families.
    pub fn list_waiting_families(
        &self,
        request: &v1::ListWaitingFamiliesRequest,
    ) -> Result<v1::ListWaitingFamiliesResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let wanted = |fact: &Fact| matches!(fact, Fact::WaitingFamily(_));
        let parts = ["waiting families"];
        let page = Asked {
            parts: &parts,
            size: request.page_size,
            token: &request.page_token,
            mask: request.read_mask.as_ref(),
        };
        let (waiting_families, next_page_token) = self.list_of(&page, &wanted)?;
        Ok(v1::ListWaitingFamiliesResponse {
            waiting_families,
            next_page_token,
            revision,
        })
    }

    /// Changes a waiting family.
    pub fn update_waiting_family(
        &self,
        request: &v1::UpdateWaitingFamilyRequest,
    ) -> Result<v1::UpdateWaitingFamilyResponse, Error> {
        let given = request.waiting_family.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.update(write, "waiting_family", &given, mask),
        )?;
        let (waiting_family, revision) = self.updated("waiting_family.name", &given, written)?;
        Ok(v1::UpdateWaitingFamilyResponse {
            waiting_family,
            revision,
        })
    }
}

#[tonic::async_trait]
impl WaitingFamilyService for Service {
    async fn create_waiting_family(
        &self,
        request: Request<v1::CreateWaitingFamilyRequest>,
    ) -> Result<Response<v1::CreateWaitingFamilyResponse>, Status> {
        self.answer("CreateWaitingFamily", request, |answers, request| {
            answers.create_waiting_family(request)
        })
        .await
    }

    async fn get_waiting_family(
        &self,
        request: Request<v1::GetWaitingFamilyRequest>,
    ) -> Result<Response<v1::GetWaitingFamilyResponse>, Status> {
        self.answer("GetWaitingFamily", request, |answers, request| {
            answers.get_waiting_family(request)
        })
        .await
    }

    async fn list_waiting_families(
        &self,
        request: Request<v1::ListWaitingFamiliesRequest>,
    ) -> Result<Response<v1::ListWaitingFamiliesResponse>, Status> {
        self.answer("ListWaitingFamilies", request, |answers, request| {
            answers.list_waiting_families(request)
        })
        .await
    }

    async fn update_waiting_family(
        &self,
        request: Request<v1::UpdateWaitingFamilyRequest>,
    ) -> Result<Response<v1::UpdateWaitingFamilyResponse>, Status> {
        self.answer("UpdateWaitingFamily", request, |answers, request| {
            answers.update_waiting_family(request)
        })
        .await
    }
}

impl Answers {
    /// Records a household.
    pub fn create_household(
        &self,
        request: &v1::CreateHouseholdRequest,
    ) -> Result<v1::CreateHouseholdResponse, Error> {
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| {
                self.create(
                    write,
                    "household",
                    request.household.as_ref(),
                    &request.external_id,
                )
            },
        )?;
        let (household, revision) = self.created(written)?;
        Ok(v1::CreateHouseholdResponse {
            household,
            revision,
        })
    }

    /// Shows a household.
    pub fn get_household(
        &self,
        request: &v1::GetHouseholdRequest,
    ) -> Result<v1::GetHouseholdResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let household: v1::Household = self.show("name", &request.name, None)?;
        Ok(v1::GetHouseholdResponse {
            household: Some(mask::only(household, request.read_mask.as_ref())?),
            revision,
        })
    }

    /// Changes a household.
    pub fn update_household(
        &self,
        request: &v1::UpdateHouseholdRequest,
    ) -> Result<v1::UpdateHouseholdResponse, Error> {
        let given = request.household.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let written = self.once(
            request,
            &request.request_id,
            request.validate_only,
            |write| self.update(write, "household", &given, mask),
        )?;
        let (household, revision) = self.updated("household.name", &given, written)?;
        Ok(v1::UpdateHouseholdResponse {
            household,
            revision,
        })
    }
}

#[tonic::async_trait]
impl HouseholdService for Service {
    async fn create_household(
        &self,
        request: Request<v1::CreateHouseholdRequest>,
    ) -> Result<Response<v1::CreateHouseholdResponse>, Status> {
        self.answer("CreateHousehold", request, |answers, request| {
            answers.create_household(request)
        })
        .await
    }

    async fn get_household(
        &self,
        request: Request<v1::GetHouseholdRequest>,
    ) -> Result<Response<v1::GetHouseholdResponse>, Status> {
        self.answer("GetHousehold", request, |answers, request| {
            answers.get_household(request)
        })
        .await
    }

    async fn update_household(
        &self,
        request: Request<v1::UpdateHouseholdRequest>,
    ) -> Result<Response<v1::UpdateHouseholdResponse>, Status> {
        self.answer("UpdateHousehold", request, |answers, request| {
            answers.update_household(request)
        })
        .await
    }
}
