/** Tables of accounts; part of `Tables` in schema.ts. */
export interface AccessTables {
  account: AccountTable;
  session: {
    id: string;
    token_hash: string;
    user_id: string;
    created_ms: number;
    last_seen_ms: number;
    expires_ms: number;
    address: string;
    agent: string;
    /** Of single sign-on. */
    id_token: string | null;
  };
  api_token: {
    id: string;
    token_hash: string;
    name: string;
    role: string;
    area_ids: string | null;
    /** By blanks; null: all that the role may. */
    scopes: string | null;
    created_by: string;
    created_ms: number;
    expires_ms: number;
    last_used_ms: number | null;
    revoked_ms: number | null;
  };
  calendar_feed: {
    id: string;
    secret_hash: string;
    user_id: string;
    schedule_id: string;
    created_ms: number;
    last_used_ms: number | null;
  };
  login_failure: { key: string; failures: number; last_ms: number };
  audit: {
    seq: number;
    ts_ms: number;
    actor_id: string;
    actor_name: string;
    action: string;
    subject: string;
    detail: string;
    hash: string;
  };
}

export interface AccountTable {
  id: string;
  login: string;
  name: string;
  role: string;
  /** JSON; null: all areas. */
  area_ids: string | null;
  disabled: number;
  created_ms: number;
  password_hash: string | null;
  link_hash: string | null;
  link_expires_ms: number | null;
  sso_subject: string | null;
}
