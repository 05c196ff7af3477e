import { type ApiError, asApiError } from '../api.ts';
import { forecastApi, type TransformerForecast } from '../forecastApi.ts';

/** The forecast of one transformer. */
export class ForecastState {
  forecast = $state.raw<TransformerForecast | null>(null);
  error = $state.raw<ApiError | null>(null);

  async load(id: string): Promise<void> {
    try {
      this.forecast = await forecastApi.ofTransformer(id);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}
