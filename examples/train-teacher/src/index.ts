export { crossEntropy } from './crossEntropy.js';
export { measureTop1, type Top1 } from './measureTop1.js';
export { loadMnist } from './mnist/loadMnist.js';
export { oneCycle } from './oneCycle.js';
export { startBackend, backendNames, type BackendName } from './startBackend.js';
export { type TeacherName, type TeacherRecipe, teacherRecipes } from './teacherRecipes.js';
