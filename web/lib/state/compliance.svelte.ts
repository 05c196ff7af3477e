import { api, type ApiError, asApiError, type Compliance } from '../api.ts';

/** Compliance of one transformer by month. */
export class ComplianceState {
  compliance = $state.raw<Compliance | null>(null);
  error = $state.raw<ApiError | null>(null);

  async load(id: string, span: { from: number; to: number }): Promise<void> {
    try {
      this.compliance = await api.compliance(id, span);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}
