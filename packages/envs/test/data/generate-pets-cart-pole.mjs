// Reference trajectories of the PETS cart-pole's physics from MuJoCo (npm package @mujoco/mujoco, not a dependency):
//   npm install --no-save @mujoco/mujoco && node generate-pets-cart-pole.mjs > pets-cart-pole.json
// The model's numbers are those of the task: gravity 9.81, RK4 at 0.02 s, two steps an action, damping 1 on both
// joints, a cart capsule of radius and half-length 0.1, a pole capsule of radius 0.049 and length 0.6 (density 1000),
// gear 100, control in [-3, 3], a track of ±2.5 m. The task's own file tilts the pole by 0.0017 rad; here it hangs straight.
import load from '@mujoco/mujoco';

const model = `<mujoco>
  <option gravity="0 0 -9.81" integrator="RK4" timestep="0.02"/>
  <worldbody>
    <body>
      <joint name="slider" type="slide" axis="1 0 0" damping="1" limited="true" range="-2.5 2.5"/>
      <geom type="capsule" size="0.1 0.1" contype="0" conaffinity="0" euler="0 90 0"/>
      <body>
        <joint name="hinge" type="hinge" axis="0 1 0" damping="1"/>
        <geom type="capsule" size="0.049" fromto="0 0 0 0 0 -0.6" contype="0" conaffinity="0"/>
      </body>
    </body>
  </worldbody>
  <actuator><motor joint="slider" gear="100" ctrllimited="true" ctrlrange="-3 3"/></actuator>
</mujoco>`;

const mujoco = await load();
const m = mujoco.MjModel.from_xml_string(model);
const d = new mujoco.MjData(m);
const starts = [
  [0.05, -0.12, 0.1, 0.03],
  [-0.2, 2.8, -0.4, 1.5],
  [2.2, 0.3, 3, -2],
  [-2.45, -1, -4, 4],
];
const episodes = starts.map((state0, episode) => {
  mujoco.mj_resetData(m, d);
  d.qpos.set(state0.slice(0, 2));
  d.qvel.set(state0.slice(2));
  const actions = [];
  const states = [];
  for (let t = 0; t < 60; t++) {
    const action = Math.fround(3 * Math.sin(1.7 * t * t * 0.05 + episode) * (episode === 0 ? 0.4 : 1));
    d.ctrl[0] = action;
    mujoco.mj_step(m, d);
    mujoco.mj_step(m, d);
    actions.push(action);
    states.push([d.qpos[0], d.qpos[1], d.qvel[0], d.qvel[1]]);
  }
  return { state0, actions, states };
});
console.log(
  JSON.stringify({ task: 'PETS cart-pole', mujoco: mujoco.mj_versionString(), state: '(x, angle, velocity, angular velocity)', episodes }),
);
