(component (component (component (component (component (component (component (component (component 
  (core module (func $lost drop)))))))))))
