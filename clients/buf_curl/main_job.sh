#!/usr/bin/env bash
# The main job with nothing but `buf curl`: it asks the server itself what the messages look like (reflection) and has
# no protos of its own. Every step checks what it gets.
#
# Usage: main_job.sh BUF HOST:PORT; the token stands in KINPATH_TOKEN. Needs jq. Run by clients/run.sh.
#
# `buf curl` cannot tell the server a deadline; here it is ended after ten seconds.
set -euo pipefail
buf="$1"
server="http://$2"
work="$(mktemp -d)"
watching=""
clean_up() {
    [ -z "$watching" ] || kill "$watching" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
cd "$work" # no protos here

fail() {
    echo "buf curl: $*" >&2
    exit 1
}

same() { # what it is, what it should be, what is meant
    [ "$1" = "$2" ] || fail "$3: $1, and should be $2"
}

request_id() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen; }

call() { # method, request as JSON
    timeout 10 "$buf" curl --protocol grpc --header "authorization: Bearer ${KINPATH_TOKEN:-}" --data "$2" \
        "$server/kinpath.v1.$1"
}

answer() { # the same; what is refused ends the job
    call "$1" "$2" || fail "$1 was refused, or nobody answers at $server"
}

refused() { # method, request, gRPC code as a number, reason, field
    local left=0 told
    call "$1" "$2" >/dev/null 2>"$work/refused" || left=$?
    # `buf curl` ends with eight times the gRPC code, and writes the details in base64.
    same "$left" "$(($3 * 8))" "how $1 ends ($(cat "$work/refused"))"
    told="$(jq -r '[.details[].value | @base64d] | join(" ")' "$work/refused" | tr -d '\0')"
    [[ "$told" = *"$4"* && "$told" = *"${5:-}"* ]] || fail "$1: the reason should be $4: $told"
}

services="$(timeout 10 "$buf" curl --protocol grpc --list-services "$server")" || fail "no server answers at $server"
[[ "$services" = *kinpath.v1.FamilyFindingService* ]] || fail "$server is no Kinpath server: $services"

# Typed errors: a program reads the reason and the field, never the text.
refused PersonService/GetPerson '{}' 3 INVALID_INPUT name

# A child, the mother and the grandmother with the ties among them, recorded once though sent twice.
family="$(jq -n --arg id "$(request_id)" '
    def named: {fact: {personName: {full: .}}};
    def parent: {fact: {parent: {parent: ., nature: "PARENT_NATURE_BIRTH"}}};
    {people: [
        {statements: [("Ann Lee" | named), ("new/mother" | parent)]},
        {localId: "mother", statements: [("Mary Lee" | named), ("new/grandmother" | parent)]},
        {localId: "grandmother", statements: [("Rose Lee" | named)]}
    ], requestId: $id}')"
made="$(answer PersonService/BatchCreatePeople "$family")"
same "$(answer PersonService/BatchCreatePeople "$family")" "$made" "the second answer"
child="$(jq -r '.people[0].summary.name' <<<"$made")"
grandmother="$(jq -r '.people[2].summary.name' <<<"$made")"

# Somebody found in a file, sent twice with one request id, and then something else with the same.
uncle="$(jq -n --arg id "$(request_id)" --arg child "$child" '
    {child: $child, relation: "mother'\''s brother", nameAsWritten: "Paul Lee", requestId: $id,
     source: {document: "file 2026-07", page: "3", asserter: "school counsellor"}}')"
made="$(answer ConnectionService/RecordConnection "$uncle")"
same "$(jq -r .relation <<<"$made")" "maternal uncle" "relation"
same "$(answer ConnectionService/RecordConnection "$uncle")" "$made" "the second answer"
other="$(jq '.nameAsWritten = "Saul Lee"' <<<"$uncle")"
refused ConnectionService/RecordConnection "$other" 3 REQUEST_ID_REUSED request_id

# The child's case. Two workers change what they read before: the second must read again.
opened="$(answer CaseService/CreateCase "$(jq -n --arg id "$(request_id)" --arg child "$child" '
    {case: {child: $child, primaryGoal: "guardianship", inCareSince: {edtf: "2026-03"}}, requestId: $id}')")"
case="$(jq -r .case.name <<<"$opened")"
change() { # goal, etag
    jq -n --arg id "$(request_id)" --arg case "$case" --arg goal "$1" --arg etag "$2" '
        {case: {name: $case, primaryGoal: $goal, etag: $etag}, updateMask: "primaryGoal", requestId: $id}'
}
etag="$(jq -r .case.etag <<<"$opened")"
changed="$(answer CaseService/UpdateCase "$(change adoption "$etag")")"
refused CaseService/UpdateCase "$(change return_home "$etag")" 10 CHANGED_SINCE_READ
read="$(answer CaseService/GetCase "$(jq -n --arg name "$case" --arg revision "$(jq -r .revision <<<"$changed")" '
    {name: $name, atLeastRevision: $revision}')")"
same "$(jq -r .case.primaryGoal <<<"$read")" adoption goal
second="$(answer CaseService/UpdateCase "$(change return_home "$(jq -r .case.etag <<<"$read")")")"
same "$(jq -r .case.primaryGoal <<<"$second")" return_home goal

# The main question. Without its last message the answer is not whole and must not be shown.
found="$(answer FamilyFindingService/FindFamily "$(jq -n --arg child "$child" '{child: $child}')")"
same "$(jq -rs 'first | has("header")' <<<"$found")" true "it begins with the header"
same "$(jq -rs 'last | has("complete")' <<<"$found")" true "it is whole"
uncles="$(jq -r 'select(.lead.person.displayName == "Paul Lee").lead.relation' <<<"$found")"
same "$uncles" "maternal uncle" "uncles named Paul"
lead="$(jq -r --arg name "$grandmother" 'select(.lead.person.name == $name).lead.person.displayName' <<<"$found")"
same "$lead" "Rose Lee" "the grandmother"

# A list over several pages. The empty token is the only end.
note() { # text
    jq -n --arg text "$1" '{fact: {note: $text}}'
}
written="$(answer StatementService/BatchCreateStatements "$({ note one; note two; note three; } |
    jq -s --arg id "$(request_id)" --arg child "$child" '{parent: $child, statements: ., requestId: $id}')")"
token=""
pages=0
: >"$work/notes"
while :; do
    page="$(answer StatementService/ListStatements "$(jq -n --arg child "$child" --arg token "$token" '
        {parent: $child, kinds: ["note"], pageSize: 2, pageToken: $token}')")"
    pages=$((pages + 1))
    jq -r '.statements[].name' <<<"$page" >>"$work/notes"
    token="$(jq -r '.nextPageToken // ""' <<<"$page")"
    [ -n "$token" ] || break
done
same "$pages" 2 pages
same "$(cat "$work/notes")" "$(jq -r '.statements[].name' <<<"$written")" "the notes"

# A token of another store: whoever gets this reads everything again, then watches from the revision of that answer.
refused ChangeService/WatchChanges '{"resumeToken": "99999-1"}' 11 RELIST resume_token

# A watch that breaks off and goes on from its last token.
write() { # text
    answer StatementService/CreateStatement "$(note "$1" | jq --arg id "$(request_id)" --arg child "$child" '
        {parent: $child, statement: ., requestId: $id}')" | jq -r .revision >>"$work/made"
}
watched() { jq -r "$1" "$work/watch" 2>/dev/null || true; } # the last message may be half there
seen() { watched 'select(.change).change.revision'; }
watch_until() { # how many changes
    local tries=0
    "$buf" curl --protocol grpc --header "authorization: Bearer ${KINPATH_TOKEN:-}" \
        --data "$(jq -n --arg token "$token" '{resumeToken: $token}')" \
        "$server/kinpath.v1.ChangeService/WatchChanges" >"$work/watch" 2>"$work/watch_error" &
    watching=$!
    until [ "$(seen | wc -l)" -ge "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || fail "a watch should tell $1 changes, and told only: $(seen) $(cat "$work/watch_error")"
        sleep 0.1
    done
    kill "$watching"
    wait "$watching" 2>/dev/null || true
    watching=""
    seen >>"$work/seen"
    token="$(watched .resumeToken | tail -1)"
}
token="$(jq -r .revision <<<"$written")"
: >"$work/made"
write "before the watch"
watch_until 1
write "while nobody watches"
write "while nobody watches still"
watch_until 2
same "$(cat "$work/seen")" "$(cat "$work/made")" "the changes"

echo "buf curl: the main job is done, by reflection alone"
