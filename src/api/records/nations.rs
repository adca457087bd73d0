//! NationService.

use super::{Asked, Asking};
use crate::api::answers::Answers;
use crate::api::service::Service;
use crate::api::v1::nation_service_server::NationService;
use crate::api::{convert, v1};
use crate::error::Error;
use crate::model::statement::Fact;
use crate::names::normalize::fold;
use tonic::{Request, Response, Status};

impl Answers {
    /// Records a nation.
    pub(in crate::api) fn create_nation(
        &self,
        request: &v1::CreateNationRequest,
    ) -> Result<v1::CreateNationResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "nation",
        };
        let (nation, revision) =
            self.create(&asking, request.nation.as_ref(), &request.external_id)?;
        Ok(v1::CreateNationResponse { nation, revision })
    }

    /// Shows a nation.
    pub(in crate::api) fn get_nation(
        &self,
        request: &v1::GetNationRequest,
    ) -> Result<v1::GetNationResponse, Error> {
        let (nation, revision) = self.get(
            &request.name,
            &request.at_least_revision,
            request.read_mask.as_ref(),
        )?;
        Ok(v1::GetNationResponse { nation, revision })
    }

    /// One page of nations.
    pub(in crate::api) fn list_nations(
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
    pub(in crate::api) fn update_nation(
        &self,
        request: &v1::UpdateNationRequest,
    ) -> Result<v1::UpdateNationResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "nation",
        };
        let (nation, revision) = self.update(
            &asking,
            request.nation.as_ref(),
            request.update_mask.as_ref(),
        )?;
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
