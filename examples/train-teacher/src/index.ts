export { endCommand } from './endCommand.js';
export { failCommand } from './failCommand.js';
export { positive, wholeNumber } from './flagReaders.js';
export { measureTop1, type Top1 } from './measureTop1.js';
export { loadMnist } from './mnist/loadMnist.js';
export { trainableModel, type TrainableNet } from './trainableNet.js';
export { trainNet, type TrainingSettings } from './trainNet.js';
export {
  trainBatches,
  type BatchFeed,
  type StepSettings,
  type TrainingControl,
  type TrainingStep,
} from './trainBatches.js';
export { saveTeacher, type SavedTeacher } from './saveTeacher.js';
export { stepLines } from './stepLines.js';
export { startBackend, backendNames, type BackendName } from './startBackend.js';
export { type TeacherName, type TeacherRecipe, teacherRecipes } from './teacherRecipes.js';
