/** Least pivot: a column that says nothing new keeps a finite coefficient. */
const PIVOT_MIN = 1e-12;

/**
 * Solves A x = b in place for a symmetric positive definite A (row-major, lower triangle read, overwritten by its
 * factor L of A = L Lᵀ); b becomes x. Golub & Van Loan, Matrix Computations, algorithm 4.2.1.
 */
export function choleskySolve(a: Float64Array, b: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    const rowJ = j * size;
    let pivot = a[rowJ + j]!;
    for (let k = 0; k < j; k++) pivot -= a[rowJ + k]! * a[rowJ + k]!;
    const root = Math.sqrt(Math.max(pivot, PIVOT_MIN));
    a[rowJ + j] = root;
    for (let i = j + 1; i < size; i++) {
      const rowI = i * size;
      let sum = a[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!;
      a[rowI + j] = sum / root;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * size + k]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= a[k * size + i]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
}
