(component
  (import "t:p/one" (instance))
  (import "t:p/two" (instance)))
