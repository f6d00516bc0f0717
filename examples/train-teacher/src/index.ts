export { measureTop1, type Top1 } from './measureTop1.js';
export { loadMnist } from './mnist/loadMnist.js';
export { trainableModel, type TrainableNet } from './trainableNet.js';
export { trainNet, type TrainingControl, type TrainingSettings } from './trainNet.js';
export { startBackend, backendNames, type BackendName } from './startBackend.js';
export { type TeacherName, type TeacherRecipe, teacherRecipes } from './teacherRecipes.js';
