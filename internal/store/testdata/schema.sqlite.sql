CREATE TABLE api_token (
    id           TEXT PRIMARY KEY,
    digest       TEXT NOT NULL UNIQUE,
    hint         TEXT NOT NULL,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    environment  TEXT NOT NULL,
    all_projects BOOLEAN NOT NULL,
    expires_at   BIGINT,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    initial      BOOLEAN NOT NULL DEFAULT FALSE, -- made from an INIT_*_API_TOKENS variable
    seen_at      BIGINT,
    secret_at    BIGINT, -- of the last rotation
    limits       TEXT NOT NULL DEFAULT '', -- JSON of what narrows the token; empty for nothing
    warned       BIGINT NOT NULL DEFAULT 0, -- days before its end that it was warned of last
    sealed       TEXT, -- the secret, encrypted under a key that is not in the database; NULL for most
    disabled_at  BIGINT -- NULL: not disabled
);
CREATE INDEX api_token_environment ON api_token (environment);
CREATE INDEX api_token_expires ON api_token (expires_at);
CREATE TABLE api_token_project (
    token   TEXT NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (token, project)
);
CREATE INDEX api_token_project_project ON api_token_project (project);
CREATE TABLE application (
    name        TEXT PRIMARY KEY,
    description TEXT,
    url         TEXT,
    color       TEXT,
    icon        TEXT,
    strategies  TEXT NOT NULL DEFAULT '[]',
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL
);
CREATE TABLE application_environment (
    app         TEXT NOT NULL REFERENCES application (name) ON DELETE CASCADE,
    environment TEXT NOT NULL,
    project     TEXT NOT NULL, -- '*' for tokens of all projects
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (app, environment, project)
);
CREATE TABLE change (
    revision BIGINT NOT NULL,
    noun     TEXT NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (revision, noun, key)
);
CREATE TABLE chore (
    name     TEXT PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
CREATE TABLE context_field (
    name         TEXT PRIMARY KEY,
    description  TEXT,
    stickiness   BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order   BIGINT NOT NULL DEFAULT 0,
    legal_values TEXT NOT NULL DEFAULT '[]',
    project      TEXT REFERENCES project (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL
);
CREATE TABLE deleted_init_token (
    digest     TEXT PRIMARY KEY,
    deleted_at BIGINT NOT NULL
);
CREATE TABLE dependency (
    child    TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    parent   TEXT NOT NULL REFERENCES feature (name),
    enabled  BOOLEAN NOT NULL DEFAULT TRUE,
    variants TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (child, parent)
);
CREATE INDEX dependency_parent ON dependency (parent);
CREATE TABLE edge (
    id      TEXT PRIMARY KEY, -- it gives itself, new at each start
    token   TEXT NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
    report  TEXT NOT NULL, -- JSON
    seen_at BIGINT NOT NULL
);
CREATE INDEX edge_seen ON edge (seen_at);
CREATE INDEX edge_token ON edge (token);
CREATE TABLE environment (
    name       TEXT PRIMARY KEY,
    type       TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL DEFAULT TRUE,
    protected  BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order BIGINT NOT NULL DEFAULT 9999
);
CREATE TRIGGER event_is_added_at_the_end BEFORE INSERT ON event
WHEN NEW.id <> (SELECT COALESCE(MAX(id), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'events are added at the end'); END;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TABLE event (
    id                 INTEGER PRIMARY KEY,
    revision           BIGINT NOT NULL,
    type               TEXT NOT NULL,
    created_at         BIGINT NOT NULL,
    created_by         TEXT NOT NULL,
    created_by_user_id BIGINT NOT NULL,
    token_id           TEXT,
    address            TEXT NOT NULL DEFAULT '',
    project            TEXT,
    feature            TEXT,
    environment        TEXT,
    data               TEXT,
    pre_data           TEXT,
    hash               TEXT NOT NULL
);
CREATE INDEX event_created ON event (created_at, id);
CREATE INDEX event_creator ON event (created_by, created_by_user_id, id);
CREATE INDEX event_environment ON event (environment, id);
CREATE INDEX event_feature ON event (feature, id);
CREATE INDEX event_project ON event (project, id);
CREATE INDEX event_revision ON event (revision);
CREATE INDEX event_token ON event (token_id, id);
CREATE INDEX event_type ON event (type, id);
CREATE TABLE feature (
    name            TEXT PRIMARY KEY,
    project         TEXT NOT NULL REFERENCES project (id),
    type            TEXT NOT NULL,
    description     TEXT,
    stale           BOOLEAN NOT NULL DEFAULT FALSE,
    impression_data BOOLEAN NOT NULL DEFAULT FALSE,
    created_at      BIGINT NOT NULL,
    created_by      BIGINT NOT NULL,
    archived_at     BIGINT,
    -- The lifecycle: when it began (creation, or the last revival), when an SDK
    -- first asked for the flag outside production and in it, and when people
    -- said that its purpose is fulfilled: kept or discarded, and which variant.
    began_at        BIGINT NOT NULL,
    pre_live_at     BIGINT,
    live_at         BIGINT,
    completed_at    BIGINT,
    completed_as    TEXT NOT NULL DEFAULT '',
    completed_value TEXT NOT NULL DEFAULT ''
);
CREATE INDEX feature_project ON feature (project, archived_at);
CREATE TABLE feature_environment (
    feature     TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    environment TEXT NOT NULL REFERENCES environment (name) ON DELETE CASCADE,
    enabled     BOOLEAN NOT NULL DEFAULT FALSE,
    variants    TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (feature, environment)
);
CREATE INDEX feature_environment_environment ON feature_environment (environment);
CREATE TABLE feature_favorite (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    feature TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    PRIMARY KEY (user_id, feature)
);
CREATE INDEX feature_favorite_feature ON feature_favorite (feature);
CREATE TABLE feature_last_seen (
    feature     TEXT NOT NULL,
    environment TEXT NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (feature, environment)
);
CREATE TABLE feature_link (
    id         TEXT PRIMARY KEY,
    feature    TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    url        TEXT NOT NULL,
    title      TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX feature_link_feature ON feature_link (feature);
CREATE TABLE feature_tag (
    feature TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    type    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (feature, type, value),
    FOREIGN KEY (type, value) REFERENCES tag (type, value) ON DELETE CASCADE
);
CREATE INDEX feature_tag_tag ON feature_tag (type, value);
CREATE TABLE feature_type (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    description   TEXT NOT NULL,
    lifetime_days BIGINT,
    sort_order    BIGINT NOT NULL
);
CREATE TABLE group_member (
    group_id   BIGINT NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    joined_at  BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_member_user ON group_member (user_id);
CREATE TABLE instance (
    app         TEXT NOT NULL REFERENCES application (name) ON DELETE CASCADE,
    instance    TEXT NOT NULL,
    environment TEXT NOT NULL,
    sdk_version TEXT NOT NULL DEFAULT '',
    frontend    BOOLEAN NOT NULL DEFAULT FALSE, -- reported with a front-end token
    address     TEXT NOT NULL DEFAULT '',
    started_at  BIGINT,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (app, environment, instance)
);
CREATE INDEX instance_seen ON instance (seen_at);
CREATE TABLE integration (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    provider     TEXT NOT NULL,
    description  TEXT,
    enabled      BOOLEAN NOT NULL,
    parameters   TEXT NOT NULL,
    secrets      TEXT NOT NULL, -- JSON object; each value sealed when the server has a key
    events       TEXT NOT NULL,
    projects     TEXT NOT NULL,
    environments TEXT NOT NULL,
    position     BIGINT NOT NULL, -- id of the last event that is done with
    attempts     BIGINT NOT NULL DEFAULT 0, -- at the event after it
    not_before   BIGINT NOT NULL DEFAULT 0 -- when somebody may next work on it
);
CREATE TABLE integration_event (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    integration BIGINT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    created_at  BIGINT NOT NULL,
    state       TEXT NOT NULL,
    details     TEXT NOT NULL,
    event       BIGINT NOT NULL
);
CREATE INDEX integration_event_integration ON integration_event (integration, id);
CREATE TABLE password_link (
    digest     TEXT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_link_expires ON password_link (expires_at);
CREATE INDEX password_link_user ON password_link (user_id);
CREATE TABLE personal_token (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    digest      TEXT NOT NULL UNIQUE,
    hint        TEXT NOT NULL,
    user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    expires_at  BIGINT,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT,
    secret_at   BIGINT, -- of the last rotation
    disabled_at BIGINT -- NULL: not disabled
);
CREATE UNIQUE INDEX personal_token_description ON personal_token (user_id, description) WHERE description <> '';
CREATE TABLE project (
    id                 TEXT PRIMARY KEY,
    name               TEXT NOT NULL,
    description        TEXT,
    default_stickiness TEXT NOT NULL DEFAULT 'default',
    mode               TEXT NOT NULL DEFAULT 'open',
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    archived_at        BIGINT
);
CREATE TABLE project_environment (
    project          TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    environment      TEXT NOT NULL REFERENCES environment (name) ON DELETE CASCADE,
    default_strategy TEXT,
    PRIMARY KEY (project, environment)
);
CREATE TABLE project_favorite (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, project)
);
CREATE INDEX project_favorite_project ON project_favorite (project);
CREATE TABLE project_group (
    project  TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    role_id  BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (project, group_id, role_id)
);
CREATE INDEX project_group_group ON project_group (group_id);
CREATE TABLE project_member (
    project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (project, user_id, role_id)
);
CREATE INDEX project_member_user ON project_member (user_id);
CREATE TABLE retired_secret (
    digest         TEXT PRIMARY KEY,
    api_token      TEXT UNIQUE REFERENCES api_token (id) ON DELETE CASCADE,
    personal_token BIGINT UNIQUE REFERENCES personal_token (id) ON DELETE CASCADE,
    hint           TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    retired_at     BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    idle           BIGINT NOT NULL DEFAULT 0, -- milliseconds without use that end it; 0 for no such end
    seen_at        BIGINT,
    CHECK ((api_token IS NULL) <> (personal_token IS NULL))
);
CREATE INDEX retired_secret_ends ON retired_secret (ends_at);
CREATE TABLE revision (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BIGINT NOT NULL
);
CREATE TABLE role (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    type        TEXT NOT NULL
);
CREATE TABLE role_permission (
    role_id     BIGINT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    permission  TEXT NOT NULL,
    environment TEXT REFERENCES environment (name) ON DELETE CASCADE -- NULL: every environment
);
CREATE UNIQUE INDEX role_permission_row ON role_permission (role_id, permission, coalesce(environment, ''));
CREATE TABLE segment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    project     TEXT REFERENCES project (id) ON DELETE CASCADE,
    constraints TEXT NOT NULL DEFAULT '[]',
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE TABLE session (
    digest     TEXT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address    TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    seen_at    BIGINT
);
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX session_of ON session (user_id);
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE signup_link (
    id         TEXT PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL DEFAULT TRUE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE TABLE signup_user (
    link    TEXT NOT NULL REFERENCES signup_link (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (link, user_id)
);
CREATE TABLE strategy (
    id          TEXT PRIMARY KEY,
    feature     TEXT NOT NULL REFERENCES feature (name) ON DELETE CASCADE,
    environment TEXT NOT NULL REFERENCES environment (name) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    title       TEXT NOT NULL DEFAULT '',
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order  BIGINT NOT NULL,
    parameters  TEXT NOT NULL DEFAULT '{}',
    constraints TEXT NOT NULL DEFAULT '[]',
    variants    TEXT NOT NULL DEFAULT '[]',
    created_at  BIGINT NOT NULL
);
CREATE INDEX strategy_environment ON strategy (environment);
CREATE INDEX strategy_feature ON strategy (feature, environment, sort_order);
CREATE TABLE strategy_definition (
    name         TEXT PRIMARY KEY,
    display_name TEXT,
    description  TEXT,
    title        TEXT,
    parameters   TEXT NOT NULL DEFAULT '[]',
    editable     BOOLEAN NOT NULL DEFAULT TRUE,
    deprecated   BOOLEAN NOT NULL DEFAULT FALSE,
    sort_order   BIGINT NOT NULL DEFAULT 9999
);
CREATE TABLE strategy_segment (
    strategy TEXT NOT NULL REFERENCES strategy (id) ON DELETE CASCADE,
    segment  BIGINT NOT NULL REFERENCES segment (id),
    PRIMARY KEY (strategy, segment)
);
CREATE INDEX strategy_segment_segment ON strategy_segment (segment);
CREATE TABLE tag (
    type  TEXT NOT NULL REFERENCES tag_type (name) ON DELETE CASCADE,
    value TEXT NOT NULL,
    PRIMARY KEY (type, value)
);
CREATE TABLE tag_type (
    name        TEXT PRIMARY KEY,
    description TEXT,
    icon        TEXT,
    color       TEXT
);
CREATE TABLE token_hour (
    kind     TEXT NOT NULL,
    token    TEXT NOT NULL,
    hour     BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    PRIMARY KEY (kind, token, hour)
);
CREATE INDEX token_hour_hour ON token_hour (hour);
CREATE TABLE unknown_flag (
    name        TEXT NOT NULL,
    app         TEXT NOT NULL,
    environment TEXT NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (name, environment, app)
);
CREATE INDEX unknown_flag_seen ON unknown_flag (seen_at);
CREATE TABLE usage_hour (
    feature     TEXT NOT NULL,
    app         TEXT NOT NULL,
    environment TEXT NOT NULL,
    hour        BIGINT NOT NULL,
    variant     TEXT NOT NULL DEFAULT '', -- '' holds yes and no, others their count in yes
    yes         BIGINT NOT NULL DEFAULT 0,
    no          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (feature, environment, hour, app, variant)
);
CREATE INDEX usage_hour_app ON usage_hour (app);
CREATE INDEX usage_hour_hour ON usage_hour (hour);
CREATE TABLE usage_total (
    hour        BIGINT NOT NULL,
    project     TEXT NOT NULL,
    environment TEXT NOT NULL,
    app         TEXT NOT NULL,
    yes         BIGINT NOT NULL,
    no          BIGINT NOT NULL,
    PRIMARY KEY (hour, project, environment, app)
);
CREATE TABLE usage_writer (
    id         TEXT PRIMARY KEY,
    batch      BIGINT NOT NULL,
    written_at BIGINT NOT NULL
);
CREATE TABLE user_group (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL UNIQUE,
    description  TEXT,
    mappings_sso TEXT NOT NULL DEFAULT '[]',
    root_role    BIGINT,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    username      TEXT,
    email         TEXT,
    name          TEXT,
    image_url     TEXT,
    password_hash TEXT,
    root_role     BIGINT NOT NULL,
    is_service    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT NOT NULL,
    seen_at       BIGINT,
    disabled_at   BIGINT, -- NULL: not disabled
    deleted_at    BIGINT
);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE email IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX users_username ON users (username) WHERE username IS NOT NULL AND deleted_at IS NULL;
