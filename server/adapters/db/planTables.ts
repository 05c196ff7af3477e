/** Tables of planning: runs of the forecast, their rows, the register of measures, weather to come. */
export interface PlanTables {
  readiness_run: {
    id: string;
    kind: string;
    season_id: string;
    state: string;
    started_ms: number;
    body: string;
  };
  readiness_row: {
    run_id: string;
    transformer_id: string;
    rank: number;
    area_id: string;
    feeder_id: string;
    status: string;
    cause: string | null;
    important: number;
    /** Null: unknown, or kept before the column was. */
    p_low: number | null;
    body: string;
  };
  registered_measure: {
    id: string;
    version: number;
    transformer_id: string;
    area_id: string;
    season_id: string;
    planned_ms: number;
    body: string;
  };
  weather_forecast: {
    station_id: string;
    ts_ms: number;
    issued_ms: number;
    temp_c: number;
    humidity_pct: number | null;
  };
}
