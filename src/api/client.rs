//! A client of a Kinpath server, for the command line. Errors come back as the same values that a local store gives.

use super::status::to_error;
use super::v1;
use super::v1::audit_service_client::AuditServiceClient;
use super::v1::connection_service_client::ConnectionServiceClient;
use super::v1::due_action_service_client::DueActionServiceClient;
use super::v1::family_finding_service_client::FamilyFindingServiceClient;
use super::v1::matching_service_client::MatchingServiceClient;
use super::v1::nation_service_client::NationServiceClient;
use super::v1::pathway_service_client::PathwayServiceClient;
use super::v1::person_service_client::PersonServiceClient;
use super::v1::rematch_service_client::RematchServiceClient;
use super::v1::same_person_service_client::SamePersonServiceClient;
use super::v1::{find_family_response, propose_slate_response};
use crate::error::Error;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status, Streaming};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// The largest message taken from the server.
const MOST_BYTES: usize = 64 << 20;

/// A connection to a server.
#[derive(Clone, Debug)]
pub struct Client {
    families: FamilyFindingServiceClient<Channel>,
    people: PersonServiceClient<Channel>,
    connections: ConnectionServiceClient<Channel>,
    nations: NationServiceClient<Channel>,
    same_people: SamePersonServiceClient<Channel>,
    pathways: PathwayServiceClient<Channel>,
    matching: MatchingServiceClient<Channel>,
    due_actions: DueActionServiceClient<Channel>,
    rematches: RematchServiceClient<Channel>,
    audit: AuditServiceClient<Channel>,
}

impl Client {
    /// Connects to `host:port`. `Error::Unavailable` if nobody answers there.
    pub async fn connect(address: &str) -> Result<Client, Error> {
        let uri = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let endpoint = Endpoint::from_shared(uri)
            .map_err(|_| Error::invalid("server", "not an address: give it as host:port"))?
            .connect_timeout(CONNECT_WITHIN)
            .tcp_nodelay(true);
        let channel = endpoint.connect().await.map_err(|_| Error::Unavailable {
            reason: format!("no server answers at {address}"),
        })?;
        Ok(Client {
            families: FamilyFindingServiceClient::new(channel.clone())
                .max_decoding_message_size(MOST_BYTES),
            people: PersonServiceClient::new(channel.clone()).max_decoding_message_size(MOST_BYTES),
            connections: ConnectionServiceClient::new(channel.clone()),
            audit: AuditServiceClient::new(channel.clone()).max_decoding_message_size(MOST_BYTES),
            nations: NationServiceClient::new(channel.clone()),
            pathways: PathwayServiceClient::new(channel.clone()),
            matching: MatchingServiceClient::new(channel.clone())
                .max_decoding_message_size(MOST_BYTES),
            due_actions: DueActionServiceClient::new(channel.clone())
                .max_decoding_message_size(MOST_BYTES),
            rematches: RematchServiceClient::new(channel.clone())
                .max_decoding_message_size(MOST_BYTES),
            same_people: SamePersonServiceClient::new(channel)
                .max_decoding_message_size(MOST_BYTES),
        })
    }

    /// The messages of the whole answer; an answer that breaks off is an error.
    pub async fn find_family(
        &mut self,
        request: v1::FindFamilyRequest,
    ) -> Result<Vec<v1::FindFamilyResponse>, Error> {
        let stream = self.families.find_family(timed(request)).await;
        let whole = |last: &v1::FindFamilyResponse| {
            matches!(last.part, Some(find_family_response::Part::Complete(_)))
        };
        all_of(stream, whole).await
    }

    /// Where a person or family stands for a child.
    pub async fn explain_absence(
        &mut self,
        request: v1::ExplainAbsenceRequest,
    ) -> Result<v1::ExplainAbsenceResponse, Error> {
        unwrapped(self.families.explain_absence(timed(request)).await)
    }

    /// Every relation between two people.
    pub async fn name_relationship(
        &mut self,
        request: v1::NameRelationshipRequest,
    ) -> Result<v1::NameRelationshipResponse, Error> {
        unwrapped(self.families.name_relationship(timed(request)).await)
    }

    /// One page of relatives.
    pub async fn list_relatives(
        &mut self,
        request: v1::ListRelativesRequest,
    ) -> Result<v1::ListRelativesResponse, Error> {
        unwrapped(self.families.list_relatives(timed(request)).await)
    }

    /// Everything recorded of a person.
    pub async fn get_person(
        &mut self,
        request: v1::GetPersonRequest,
    ) -> Result<v1::GetPersonResponse, Error> {
        unwrapped(self.people.get_person(timed(request)).await)
    }

    /// One page of people found by name.
    pub async fn search_people(
        &mut self,
        request: v1::SearchPeopleRequest,
    ) -> Result<v1::SearchPeopleResponse, Error> {
        unwrapped(self.people.search_people(timed(request)).await)
    }

    /// The forms of permanence for a child with a person or family.
    pub async fn list_pathways(
        &mut self,
        request: v1::ListPathwaysRequest,
    ) -> Result<v1::ListPathwaysResponse, Error> {
        unwrapped(self.pathways.list_pathways(timed(request)).await)
    }

    /// One page of the waiting families that fit a child.
    pub async fn match_waiting_families(
        &mut self,
        request: v1::MatchWaitingFamiliesRequest,
    ) -> Result<v1::MatchWaitingFamiliesResponse, Error> {
        unwrapped(self.matching.match_waiting_families(timed(request)).await)
    }

    /// One page of the children whom a waiting family fits.
    pub async fn match_waiting_children(
        &mut self,
        request: v1::MatchWaitingChildrenRequest,
    ) -> Result<v1::MatchWaitingChildrenResponse, Error> {
        unwrapped(self.matching.match_waiting_children(timed(request)).await)
    }

    /// A slate, message by message, or an error where it broke off.
    pub async fn propose_slate(
        &mut self,
        request: v1::ProposeSlateRequest,
    ) -> Result<Vec<v1::ProposeSlateResponse>, Error> {
        let stream = self.matching.propose_slate(timed(request)).await;
        let whole = |last: &v1::ProposeSlateResponse| {
            matches!(last.part, Some(propose_slate_response::Part::Complete(_)))
        };
        all_of(stream, whole).await
    }

    /// The person that a reference stands for.
    pub async fn resolve_person(
        &mut self,
        request: v1::ResolvePersonRequest,
    ) -> Result<v1::ResolvePersonResponse, Error> {
        unwrapped(self.people.resolve_person(timed(request)).await)
    }

    /// One page of the record of access.
    pub async fn list_audit_entries(
        &mut self,
        request: v1::ListAuditEntriesRequest,
    ) -> Result<v1::ListAuditEntriesResponse, Error> {
        unwrapped(self.audit.list_audit_entries(timed(request)).await)
    }

    /// The end of the record of access.
    pub async fn get_audit_head(
        &mut self,
        request: v1::GetAuditHeadRequest,
    ) -> Result<v1::GetAuditHeadResponse, Error> {
        unwrapped(self.audit.get_audit_head(timed(request)).await)
    }

    /// One page of what is due.
    pub async fn list_due_actions(
        &mut self,
        request: v1::ListDueActionsRequest,
    ) -> Result<v1::ListDueActionsResponse, Error> {
        unwrapped(self.due_actions.list_due_actions(timed(request)).await)
    }

    /// Begins a nightly run.
    pub async fn start_rematch(
        &mut self,
        request: v1::StartRematchRequest,
    ) -> Result<v1::StartRematchResponse, Error> {
        unwrapped(self.rematches.start_rematch(timed(request)).await)
    }

    /// One nightly run.
    pub async fn get_rematch_run(
        &mut self,
        request: v1::GetRematchRunRequest,
    ) -> Result<v1::GetRematchRunResponse, Error> {
        unwrapped(self.rematches.get_rematch_run(timed(request)).await)
    }

    /// One page of nightly runs.
    pub async fn list_rematch_runs(
        &mut self,
        request: v1::ListRematchRunsRequest,
    ) -> Result<v1::ListRematchRunsResponse, Error> {
        unwrapped(self.rematches.list_rematch_runs(timed(request)).await)
    }

    /// Ends a nightly run.
    pub async fn cancel_rematch_run(
        &mut self,
        request: v1::CancelRematchRunRequest,
    ) -> Result<v1::CancelRematchRunResponse, Error> {
        unwrapped(self.rematches.cancel_rematch_run(timed(request)).await)
    }

    /// One page of what changed in a night.
    pub async fn list_rematch_changes(
        &mut self,
        request: v1::ListRematchChangesRequest,
    ) -> Result<v1::ListRematchChangesResponse, Error> {
        unwrapped(self.rematches.list_rematch_changes(timed(request)).await)
    }

    /// What was suggested for a child in a night.
    pub async fn list_rematch_leads(
        &mut self,
        request: v1::ListRematchLeadsRequest,
    ) -> Result<v1::ListRematchLeadsResponse, Error> {
        unwrapped(self.rematches.list_rematch_leads(timed(request)).await)
    }

    /// Records one person found for a child.
    pub async fn record_connection(
        &mut self,
        request: v1::RecordConnectionRequest,
    ) -> Result<v1::RecordConnectionResponse, Error> {
        unwrapped(self.connections.record_connection(timed(request)).await)
    }

    /// The nations that a name may mean.
    pub async fn resolve_nation(
        &mut self,
        request: v1::ResolveNationRequest,
    ) -> Result<v1::ResolveNationResponse, Error> {
        unwrapped(self.nations.resolve_nation(timed(request)).await)
    }

    /// The link between two records.
    pub async fn get_same_person_link(
        &mut self,
        request: v1::GetSamePersonLinkRequest,
    ) -> Result<v1::GetSamePersonLinkResponse, Error> {
        unwrapped(self.same_people.get_same_person_link(timed(request)).await)
    }

    /// One page of links.
    pub async fn list_same_person_links(
        &mut self,
        request: v1::ListSamePersonLinksRequest,
    ) -> Result<v1::ListSamePersonLinksResponse, Error> {
        unwrapped(
            self.same_people
                .list_same_person_links(timed(request))
                .await,
        )
    }

    /// Decides about two records.
    pub async fn decide_same_person(
        &mut self,
        request: v1::DecideSamePersonRequest,
    ) -> Result<v1::DecideSamePersonResponse, Error> {
        unwrapped(self.same_people.decide_same_person(timed(request)).await)
    }
}

/// The request, with the time by which the answer is needed.
fn timed<Message>(message: Message) -> Request<Message> {
    let mut request = Request::new(message);
    request.set_timeout(ANSWER_WITHIN);
    request
}

/// All messages of an answer, whose last one says that it is whole.
async fn all_of<Message>(
    stream: Result<Response<Streaming<Message>>, Status>,
    whole: impl Fn(&Message) -> bool,
) -> Result<Vec<Message>, Error> {
    let mut stream = stream.map_err(|status| to_error(&status))?.into_inner();
    let mut messages = Vec::new();
    while let Some(message) = stream.message().await.map_err(|status| to_error(&status))? {
        messages.push(message);
    }
    match messages.last().is_some_and(whole) {
        true => Ok(messages),
        false => Err(Error::Cancelled {
            reason: "the answer broke off before its last message".to_owned(),
        }),
    }
}

fn unwrapped<Message>(
    answer: Result<tonic::Response<Message>, tonic::Status>,
) -> Result<Message, Error> {
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| to_error(&status))
}
