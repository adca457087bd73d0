//! WaitingFamilyService.

use super::{Asked, Asking};
use crate::api::answers::Answers;
use crate::api::service::Service;
use crate::api::v1;
use crate::api::v1::waiting_family_service_server::WaitingFamilyService;
use crate::error::Error;
use crate::model::statement::Fact;
use tonic::{Request, Response, Status};

impl Answers {
    /// Records a waiting family.
    pub(in crate::api) fn create_waiting_family(
        &self,
        request: &v1::CreateWaitingFamilyRequest,
    ) -> Result<v1::CreateWaitingFamilyResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "waiting_family",
        };
        let (waiting_family, revision) = self.create(
            &asking,
            request.waiting_family.as_ref(),
            &request.external_id,
        )?;
        Ok(v1::CreateWaitingFamilyResponse {
            waiting_family,
            revision,
        })
    }

    /// Shows a waiting family.
    pub(in crate::api) fn get_waiting_family(
        &self,
        request: &v1::GetWaitingFamilyRequest,
    ) -> Result<v1::GetWaitingFamilyResponse, Error> {
        let (waiting_family, revision) = self.get(
            &request.name,
            &request.at_least_revision,
            request.read_mask.as_ref(),
        )?;
        Ok(v1::GetWaitingFamilyResponse {
            waiting_family,
            revision,
        })
    }

    /// One page of waiting families.
    pub(in crate::api) fn list_waiting_families(
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
    pub(in crate::api) fn update_waiting_family(
        &self,
        request: &v1::UpdateWaitingFamilyRequest,
    ) -> Result<v1::UpdateWaitingFamilyResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "waiting_family",
        };
        let (waiting_family, revision) = self.update(
            &asking,
            request.waiting_family.as_ref(),
            request.update_mask.as_ref(),
        )?;
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
