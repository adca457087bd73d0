//! PlaceService.

use super::{Asked, Asking};
use crate::api::answers::Answers;
use crate::api::service::Service;
use crate::api::v1::place_service_server::PlaceService;
use crate::api::{convert, v1};
use crate::error::Error;
use crate::model::statement::Fact;
use crate::names::normalize::fold;
use tonic::{Request, Response, Status};

impl Answers {
    /// Records a place.
    pub(in crate::api) fn create_place(
        &self,
        request: &v1::CreatePlaceRequest,
    ) -> Result<v1::CreatePlaceResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "place",
        };
        let (place, revision) =
            self.create(&asking, request.place.as_ref(), &request.external_id)?;
        Ok(v1::CreatePlaceResponse { place, revision })
    }

    /// Shows a place.
    pub fn get_place(&self, request: &v1::GetPlaceRequest) -> Result<v1::GetPlaceResponse, Error> {
        let (place, revision) = self.get(
            &request.name,
            &request.at_least_revision,
            request.read_mask.as_ref(),
        )?;
        Ok(v1::GetPlaceResponse { place, revision })
    }

    /// One page of places.
    pub(in crate::api) fn list_places(
        &self,
        request: &v1::ListPlacesRequest,
    ) -> Result<v1::ListPlacesResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let named = fold(convert::text("named", &request.named)?);
        let wanted = |fact: &Fact| match fact {
            Fact::Place(place) => named.is_empty() || fold(&place.name) == named,
            _ => false,
        };
        let parts = ["places", &request.named];
        let page = Asked {
            parts: &parts,
            size: request.page_size,
            token: &request.page_token,
            mask: request.read_mask.as_ref(),
        };
        let (places, next_page_token) = self.list_of(&page, &wanted)?;
        Ok(v1::ListPlacesResponse {
            places,
            next_page_token,
            revision,
        })
    }

    /// Changes a place.
    pub(in crate::api) fn update_place(
        &self,
        request: &v1::UpdatePlaceRequest,
    ) -> Result<v1::UpdatePlaceResponse, Error> {
        let asking = Asking {
            request,
            request_id: &request.request_id,
            validate_only: request.validate_only,
            field: "place",
        };
        let (place, revision) = self.update(
            &asking,
            request.place.as_ref(),
            request.update_mask.as_ref(),
        )?;
        Ok(v1::UpdatePlaceResponse { place, revision })
    }
}

#[tonic::async_trait]
impl PlaceService for Service {
    async fn create_place(
        &self,
        request: Request<v1::CreatePlaceRequest>,
    ) -> Result<Response<v1::CreatePlaceResponse>, Status> {
        self.answer("CreatePlace", request, |answers, request| {
            answers.create_place(request)
        })
        .await
    }

    async fn get_place(
        &self,
        request: Request<v1::GetPlaceRequest>,
    ) -> Result<Response<v1::GetPlaceResponse>, Status> {
        self.answer("GetPlace", request, |answers, request| {
            answers.get_place(request)
        })
        .await
    }

    async fn list_places(
        &self,
        request: Request<v1::ListPlacesRequest>,
    ) -> Result<Response<v1::ListPlacesResponse>, Status> {
        self.answer("ListPlaces", request, |answers, request| {
            answers.list_places(request)
        })
        .await
    }

    async fn update_place(
        &self,
        request: Request<v1::UpdatePlaceRequest>,
    ) -> Result<Response<v1::UpdatePlaceResponse>, Status> {
        self.answer("UpdatePlace", request, |answers, request| {
            answers.update_place(request)
        })
        .await
    }
}
