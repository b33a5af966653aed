-- Holds the number until the change that has it is merged.
DO 0;
