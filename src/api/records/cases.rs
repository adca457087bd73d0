//! CaseService.

use super::{Asked, Asking};
use crate::api::answers::Answers;
use crate::api::service::Service;
use crate::api::v1;
use crate::api::v1::case_service_server::CaseService;
use crate::error::Error;
use crate::model::statement::Fact;
use tonic::{Request, Response, Status};

impl Answers {
    /// Records a case.
    pub(in crate::api) fn create_case(
        &self,
        request: &v1::CreateCaseRequest,
    ) -> Result<v1::CreateCaseResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "case",
        };
        let (case, revision) = self.create(&asking, request.case.as_ref(), &request.external_id)?;
        Ok(v1::CreateCaseResponse { case, revision })
    }

    /// Shows a case.
    pub fn get_case(&self, request: &v1::GetCaseRequest) -> Result<v1::GetCaseResponse, Error> {
        let (case, revision) = self.get(
            &request.name,
            &request.at_least_revision,
            request.read_mask.as_ref(),
        )?;
        Ok(v1::GetCaseResponse { case, revision })
    }

    /// One page of cases.
    pub(in crate::api) fn list_cases(
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
    pub(in crate::api) fn update_case(
        &self,
        request: &v1::UpdateCaseRequest,
    ) -> Result<v1::UpdateCaseResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "case",
        };
        let (case, revision) =
            self.update(&asking, request.case.as_ref(), request.update_mask.as_ref())?;
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
