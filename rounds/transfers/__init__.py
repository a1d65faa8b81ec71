"""人事異動・組織改編: who answers for what from a day on, and what nobody answers for."""
