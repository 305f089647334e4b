const = 1;
let let
