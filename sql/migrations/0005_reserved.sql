-- The number is another change's.
DO 1;
