//! HouseholdService.

use super::{Asked, Asking};
use crate::api::answers::Answers;
use crate::api::service::Service;
use crate::api::v1;
use crate::api::v1::household_service_server::HouseholdService;
use crate::error::Error;
use crate::model::statement::Fact;
use tonic::{Request, Response, Status};

impl Answers {
    /// Records a household.
    pub(in crate::api) fn create_household(
        &self,
        request: &v1::CreateHouseholdRequest,
    ) -> Result<v1::CreateHouseholdResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "household",
        };
        let (household, revision) =
            self.create(&asking, request.household.as_ref(), &request.external_id)?;
        Ok(v1::CreateHouseholdResponse {
            household,
            revision,
        })
    }

    /// Shows a household.
    pub(in crate::api) fn get_household(
        &self,
        request: &v1::GetHouseholdRequest,
    ) -> Result<v1::GetHouseholdResponse, Error> {
        let (household, revision) = self.get(
            &request.name,
            &request.at_least_revision,
            request.read_mask.as_ref(),
        )?;
        Ok(v1::GetHouseholdResponse {
            household,
            revision,
        })
    }

    /// One page of households.
    pub(in crate::api) fn list_households(
        &self,
        request: &v1::ListHouseholdsRequest,
    ) -> Result<v1::ListHouseholdsResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let page = Asked {
            parts: &["households"],
            size: request.page_size,
            token: &request.page_token,
            mask: request.read_mask.as_ref(),
        };
        let wanted = |fact: &Fact| matches!(fact, Fact::Household { .. });
        let (households, next_page_token) = self.list_of(&page, &wanted)?;
        Ok(v1::ListHouseholdsResponse {
            households,
            next_page_token,
            revision,
        })
    }

    /// Changes a household.
    pub(in crate::api) fn update_household(
        &self,
        request: &v1::UpdateHouseholdRequest,
    ) -> Result<v1::UpdateHouseholdResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "household",
        };
        let (household, revision) = self.update(
            &asking,
            request.household.as_ref(),
            request.update_mask.as_ref(),
        )?;
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

    async fn list_households(
        &self,
        request: Request<v1::ListHouseholdsRequest>,
    ) -> Result<Response<v1::ListHouseholdsResponse>, Status> {
        self.answer("ListHouseholds", request, |answers, request| {
            answers.list_households(request)
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
